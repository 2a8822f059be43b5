import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseXmp } from '../../../src/adapters/xmp/parse-xmp.ts';
import { type Description, describe as describeAsset } from '../../../src/domain/description.ts';
import { mergeXmp, renderWritten } from '../../../src/domain/xmp-merge.ts';
import { xmpProperties } from '../../../src/domain/xmp-properties.ts';
import { renderXmp } from '../../../src/domain/xmp-render.ts';
import { digest } from '../../support/digest.ts';

const plain: Description = {
  ...describeAsset(
    {
      zone: 'PrimarySync',
      id: 'A1',
      masterId: 'M',
      filename: 'IMG_1.HEIC',
      captureMs: Date.UTC(2024, 4, 17, 19, 4, 33, 120),
      addedMs: 0,
      offsetS: 7200,
      favorite: true,
      hidden: false,
    },
    {
      title: 'Am Deich',
      caption: 'Wind & <Wellen> 🌊',
      keywords: ['Küste', 'Hund'],
      latitude: -53.705,
      longitude: 7.1421,
      altitude: 4.12,
      subtype: 2,
    },
    [['Reisen', 'Nordsee 2024']],
  ),
};
const fresh = (description: Description) => {
  const properties = xmpProperties(description);
  return renderXmp(properties, renderWritten(properties, digest));
};
const merge = (text: string, description: Description) => {
  const document = parseXmp(text);
  if (!document) return expect.fail(`not understood: ${text}`);
  return mergeXmp(document, xmpProperties(description), digest);
};
const wrap = (inside: string, rdf = 'rdf') =>
  `<x:xmpmeta xmlns:x="adobe:ns:meta/">\n<${rdf}:RDF xmlns:${rdf}="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n${inside}\n</${rdf}:RDF></x:xmpmeta>`;
const block = (inside: string, attributes = '') =>
  `<rdf:Description rdf:about='' xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:lr="http://ns.adobe.com/lightroom/1.0/"${attributes}>${inside}</rdf:Description>`;

describe('a sidecar of ours', () => {
  it('says the date at the place, with its offset, and south with its letter', () => {
    const text = fresh(plain);
    expect(text).toContain('<exif:DateTimeOriginal>2024-05-17T21:04:33.120+02:00</exif:DateTimeOriginal>');
    expect(text).toContain('<exif:GPSLatitude>53,42.300000S</exif:GPSLatitude>');
    expect(text).toContain('<rdf:li>Albums/Reisen/Nordsee 2024</rdf:li>');
  });

  it('becomes what a new one would be when iCloud says something else', () => {
    const other = { ...plain, title: undefined, keywords: ['Meer'], favorite: false, albums: [] };
    expect(merge(fresh(plain), other)).toEqual({ text: fresh(other), theirs: [] });
    expect(merge(fresh(other), plain)).toEqual({ text: fresh(plain), theirs: [] });
  });

  it('is not changed by being asked for the same again', () => {
    expect(merge(fresh(plain), plain).text).toBe(fresh(plain));
  });

  it('keeps what its owner wrote into it, for good', () => {
    const edited = fresh(plain).replace('>Am Deich<', '>Sturm<').replace('<rdf:li>Hund</rdf:li>', '<rdf:li>Bello</rdf:li>');
    const merged = merge(edited, { ...plain, title: 'Deich', keywords: ['Küste', 'Hund', 'Ebbe'] });
    expect(merged.theirs).toEqual(expect.arrayContaining(['dc:title', 'dc:subject']));
    expect(merged.text).toContain('>Sturm<');
    // Taken away by the owner, so it stays away; added by iCloud, so it comes.
    expect(subjects(merged.text)).toEqual(['Küste', 'Bello', 'Ebbe']);
    expect(merge(merged.text, { ...plain, title: 'Noch einer', keywords: [] }).text).toContain('>Sturm<');
    expect(subjects(merge(merged.text, { ...plain, keywords: [] }).text)).toEqual(['Bello']);
  });

  it('does not come back where its owner took it away', () => {
    const without = fresh(plain).replace(/ {3}<dc:title>.*\n/, '');
    expect(merge(without, { ...plain, title: 'Neu' }).text).not.toContain('<dc:title>');
  });
});

describe('a sidecar of somebody else', () => {
  const foreign = wrap(
    `  <!-- mine -->\n  ${block(`\n<dc:subject><rdf:Seq><rdf:li>Hund</rdf:li><rdf:li>Oma</rdf:li></rdf:Seq></dc:subject><dc:title>Von mir</dc:title>\n<xmp:Label>Rot</xmp:Label>`, " xmp:Rating='3'")}`,
  );

  it('keeps every byte except the list that gets our keywords', () => {
    const merged = merge(foreign, plain);
    expect(merged.theirs.toSorted()).toEqual(['dc:subject', 'dc:title', 'xmp:Rating']);
    const without = merged.text.replace(/\n {2}<rdf:Description rdf:about=""[\s\S]*?<\/rdf:Description>/, '');
    expect(without).toBe(foreign.replace('<rdf:li>Oma</rdf:li>', '<rdf:li>Oma</rdf:li><rdf:li>Küste</rdf:li>'));
    expect(merged.text.match(/xmp:Rating/g)).toHaveLength(1);
    expect(merged.text.match(/<dc:title>/g)).toHaveLength(1);
  });

  it('is given back as it was when iCloud has nothing to say any more', () => {
    const merged = merge(foreign, plain).text;
    const empty = { ...plain, title: undefined, caption: undefined, keywords: [], favorite: false };
    const later = merge(merged, empty).text;
    // "Hund" was there before us, though iCloud said the same.
    expect(subjects(later)).toEqual(['Hund', 'Oma']);
    expect(later).toContain("xmp:Rating='3'");
  });

  it('with its own names for things is understood', () => {
    const text = wrap(
      `<r:Description r:about="uuid:1" xmlns:d="http://purl.org/dc/elements/1.1/"><d:subject><r:Bag><r:li>a</r:li></r:Bag></d:subject></r:Description>`,
      'r',
    );
    const merged = merge(text, plain).text;
    expect(merged).toContain('<d:subject><r:Bag><r:li>a</r:li><r:li>Küste</r:li><r:li>Hund</r:li></r:Bag></d:subject>');
    expect(merged).toContain('rdf:about="uuid:1" xmlns:rdf=');
    expect(parseXmp(merged)?.blocks).toHaveLength(2);
  });

  it('is left alone where a property is built in a way we do not know', () => {
    const text = wrap(block('<dc:title rdf:parseType="Resource"><dc:x>1</dc:x></dc:title>'));
    const merged = merge(text, plain);
    expect(merged.theirs).toContain('dc:title');
    expect(merged.text.match(/dc:title/g)).toHaveLength(2);
  });

  it.each([
    ['broken XML', '<x:xmpmeta xmlns:x="a"><rdf:RDF'],
    ['no RDF', '<a/>'],
    ['nothing', ''],
    ['two RDFs', `<a>${wrap('<b/>')}${wrap('<b/>')}</a>`],
    ['an unknown entity', wrap(block('<dc:title>&x;</dc:title>'))],
  ])('is not touched when it is %s', (_, text) => {
    expect(parseXmp(text)).toBeUndefined();
  });
});

const anything = fc.string({ unit: 'grapheme', maxLength: 30 });
const anyDescription = fc
  .record({
    title: fc.option(anything, { nil: undefined }),
    caption: fc.option(anything, { nil: undefined }),
    keywords: fc.array(anything, { maxLength: 4 }),
    albums: fc.array(fc.array(anything, { minLength: 1, maxLength: 3 }), { maxLength: 3 }),
    favorite: fc.boolean(),
  })
  .map((parts): Description => ({ ...plain, ...parts }));

describe('any words', () => {
  it('survive, and a second look changes nothing', () => {
    fc.assert(
      fc.property(anyDescription, anyDescription, (first, second) => {
        const merged = merge(fresh(first), second);
        expect(merged.text).toBe(fresh(second));
        expect(merge(merged.text, second).text).toBe(merged.text);
      }),
    );
  });

  it('never cost a foreign sidecar anything', () => {
    fc.assert(
      fc.property(anyDescription, anyDescription, (first, second) => {
        const foreign = wrap(
          block('<lr:weighted>1</lr:weighted><dc:subject><rdf:Bag><rdf:li>Oma</rdf:li></rdf:Bag></dc:subject>', ' xmp:Label="x"'),
        );
        const later = merge(merge(foreign, first).text, second).text;
        expect(subjects(later)).toContain('Oma');
        expect(later).toContain('<lr:weighted>1</lr:weighted>');
        expect(later).toContain(' xmp:Label="x"');
        const names = parseXmp(later)?.blocks.flatMap(({ properties }) => properties.map(({ uri, local }) => `${uri}${local}`)) ?? [];
        expect(new Set(names).size).toBe(names.length);
      }),
    );
  });
});

function subjects(text: string): readonly string[] | undefined {
  return parseXmp(text)
    ?.blocks.flatMap(({ properties }) => properties)
    .find(({ local }) => local === 'subject')?.values;
}
