import { MANAGED, MANAGED_NAMES, XMP_NAMESPACES, type XmpForm, type XmpProperty } from './xmp-properties.ts';

/** Tells our files from others'; the number is the form's, so that a changed form can be told. */
export const XMP_TOOLKIT = 'icloud-photos-sync 1';
const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';

export interface XmpBlockPlace {
  /** What the other blocks of the file say in `rdf:about`: one photo, one name. */
  readonly about: string;
  /** The file knows RDF by another prefix than `rdf`. */
  readonly declareRdf: boolean;
}

/** A whole sidecar. The same properties give the same bytes. */
export function renderXmp(properties: readonly XmpProperty[], written: string): string {
  return `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="${XMP_TOOLKIT}">
 <rdf:RDF xmlns:rdf="${RDF}">
  ${renderBlock(properties, written, { about: '', declareRdf: false })}
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
`;
}

/** Our part of a sidecar: one `rdf:Description` that needs nothing from around it. */
export function renderBlock(properties: readonly XmpProperty[], written: string, { about, declareRdf }: XmpBlockPlace): string {
  const ordered = properties.toSorted((a, b) => MANAGED_NAMES.indexOf(a.name) - MANAGED_NAMES.indexOf(b.name));
  const used = new Set([...ordered.map(({ name }) => name.split(':')[0]), 'ips']);
  const spaces = Object.entries(XMP_NAMESPACES)
    .filter(([prefix]) => used.has(prefix))
    .map(([prefix, uri]) => `\n    xmlns:${prefix}="${uri}"`);
  const attributes = ordered
    .filter(({ name }) => MANAGED[name] === 'attribute')
    .map(({ name, values }) => `\n    ${name}="${escapeXml(values[0] ?? '')}"`);
  const elements = ordered
    .filter(({ name }) => MANAGED[name] !== 'attribute')
    .map(({ name, values }) => `   ${renderElement(name, MANAGED[name], values, 'rdf')}\n`);
  const rdf = declareRdf ? ` xmlns:rdf="${RDF}"` : '';
  return `<rdf:Description rdf:about="${escapeXml(about)}"${rdf}${spaces.join('')}${attributes.join('')}>
${elements.join('')}   <ips:Written>${escapeXml(written)}</ips:Written>
  </rdf:Description>`;
}

/** One property as an element, under whatever name and prefix the file knows it by. */
export function renderElement(name: string, form: XmpForm, values: readonly string[], rdf: string): string {
  const item = (attributes: string) => values.map((value) => `<${rdf}:li${attributes}>${escapeXml(value)}</${rdf}:li>`).join('');
  const inside = {
    text: () => escapeXml(values[0] ?? ''),
    attribute: () => escapeXml(values[0] ?? ''),
    alt: () => `<${rdf}:Alt>${item(' xml:lang="x-default"')}</${rdf}:Alt>`,
    bag: () => `<${rdf}:Bag>${item('')}</${rdf}:Bag>`,
    seq: () => `<${rdf}:Seq>${item('')}</${rdf}:Seq>`,
  }[form]();
  return `<${name}>${inside}</${name}>`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
