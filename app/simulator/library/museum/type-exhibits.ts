import { fileTypeOf, KNOWN_UTIS } from '../file-types.ts';
import { type Exhibit, HEIC, MOV } from './exhibit.ts';

const JUNE = Date.UTC(2023, 5, 1, 10);
const NOT_ORIGINALS = new Set(['com.adobe.xmp', 'com.apple.photos.apple-adjustment-envelope', 'public.data']);

/** An original of every type that photos.md §8 names. */
const ofEveryType: readonly Exhibit[] = KNOWN_UTIS.filter((uti) => !NOT_ORIGINALS.has(uti)).map((uti, i) => ({
  id: `type ${uti}`,
  what: `an original of type ${uti}`,
  spec: { filename: `Type ${uti.split('.').at(-1)}.${fileTypeOf(uti).extension}`, uti, captureMs: JUNE + i * 60_000, size: 3000 },
}));

const JULY = Date.UTC(2023, 6, 1, 10);
/** What does not fit into a table of types. */
const oddTypes: readonly Exhibit[] = [
  { id: 'unknown type', what: 'a type that nobody knows', spec: { filename: 'Unheard.of', uti: 'com.example.unheard-of-picture' } },
  {
    id: 'unknown type without extension',
    what: 'unknown type, name without extension',
    spec: { filename: 'blob', uti: 'com.example.thing' },
  },
  { id: 'no item type', what: 'itemType is missing', spec: { filename: 'No item type.JPG', withoutItemType: true } },
  {
    id: 'ds store',
    what: 'a stray .DS_Store: public.data, neither picture nor film',
    spec: { filename: '.DS_Store', uti: 'public.data', withoutItemType: true, dataClassType: 0, width: 0, height: 0 },
  },
  { id: 'name lies', what: 'a RAW file named .JPG', spec: { filename: 'Lying name.JPG', uti: 'com.adobe.raw-image' } },
  {
    id: 'raw and jpeg',
    what: 'RAW with a JPEG beside it',
    spec: { filename: 'Raw first.DNG', uti: 'com.adobe.raw-image', alternativeUti: 'public.jpeg', alternativeSize: 2000 },
  },
  {
    id: 'jpeg and raw',
    what: 'JPEG with a RAW beside it',
    spec: { filename: 'Jpeg first.JPG', alternativeUti: 'com.canon.cr2-raw-image', alternativeSize: 5000 },
  },
  {
    id: 'two jpegs',
    what: 'two originals of one type',
    spec: { filename: 'Twice JPEG.JPG', alternativeUti: 'public.jpeg', alternativeSize: 2500 },
  },
  {
    id: 'raw with full jpeg',
    what: 'a full-size JPEG on the master: a rendering of the RAW, not an edit',
    spec: { filename: 'Rendered raw.NEF', uti: 'com.nikon.raw-image', fullSizeOnMaster: 4000 },
  },
  { id: 'xmp', what: 'an XMP sidecar that was imported with the picture', spec: { filename: 'With XMP.JPG', sidecarSize: 900 } },
  {
    id: 'aae',
    what: 'an AAE sidecar on the asset',
    spec: {
      filename: 'With AAE.HEIC',
      uti: HEIC,
      sidecarSize: 700,
      sidecarUti: 'com.apple.photos.apple-adjustment-envelope',
      sidecarOn: 'asset',
    },
  },
  {
    id: 'future',
    what: 'a resource of a kind that nobody knows yet',
    spec: { filename: 'From the future.HEIC', uti: HEIC, futureThing: 1500 },
  },
  { id: 'panorama', what: 'a panorama', spec: { filename: 'Panorama.HEIC', uti: HEIC, subtypeV2: 1, width: 12_000, height: 3200 } },
  { id: 'screenshot', what: 'a screenshot', spec: { filename: 'Screenshot.PNG', uti: 'public.png', subtypeV2: 3 } },
  { id: 'slow motion', what: 'slow motion: an adjustment without a rendition', spec: { filename: 'Slow.MOV', uti: MOV, slowMotion: true } },
  { id: 'time lapse', what: 'a time-lapse', spec: { filename: 'Time lapse.MOV', uti: MOV, subtypeV2: 102, subtype: 102 } },
  { id: 'screen recording', what: 'a screen recording', spec: { filename: 'Screen recording.MP4', uti: 'public.mpeg-4', subtypeV2: 103 } },
  {
    id: 'portrait',
    what: 'a portrait with depth, edited by the camera itself',
    spec: { filename: 'Portrait.HEIC', uti: HEIC, hdr: true, edited: { uti: 'public.jpeg' } },
  },
  { id: 'hdr', what: 'an HDR picture', spec: { filename: 'HDR.HEIC', uti: HEIC, hdr: true } },
  { id: 'film', what: 'an ordinary film of 13 minutes', spec: { filename: 'Long film.MOV', uti: MOV, durationMs: 789_582, size: 9000 } },
  { id: 'turned', what: 'a picture that is stored on its side', spec: { filename: 'Turned.JPG', orientation: 6 } },
];

export const TYPE_EXHIBITS: readonly Exhibit[] = [
  ...ofEveryType,
  ...oddTypes.map((exhibit, i) => ({ ...exhibit, spec: { captureMs: JULY + i * 60_000, size: 3000, ...exhibit.spec } })),
];
