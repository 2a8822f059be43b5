interface MediaType {
  readonly type: string;
  /** Harmless to show: a picture or a film, never a document that could hold a script. */
  readonly inline: boolean;
  /** A picture that every browser understands. */
  readonly everywhere: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  jpe: 'image/jpeg',
  jfif: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  heic: 'image/heic',
  heif: 'image/heif',
  hif: 'image/heif',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  mov: 'video/quicktime',
  qt: 'video/quicktime',
  mp4: 'video/mp4',
  m4v: 'video/mp4',
  webm: 'video/webm',
  '3gp': 'video/3gpp',
  m4a: 'audio/mp4',
  mp3: 'audio/mpeg',
};
const EVERYWHERE: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp']);

/** By the name's ending; the library gives every file one that fits its type. */
export function mediaType(path: string): MediaType {
  const type = TYPES[path.slice(path.lastIndexOf('.') + 1).toLowerCase()];
  return type === undefined
    ? { type: 'application/octet-stream', inline: false, everywhere: false }
    : { type, inline: true, everywhere: EVERYWHERE.has(type) };
}
