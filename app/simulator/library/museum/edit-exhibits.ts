import { DAY, type Exhibit, HEIC, MOV, SECOND } from './exhibit.ts';

const AUGUST = Date.UTC(2023, 7, 1, 10);
const LIVE = { uti: HEIC, liveVideoSize: 4000 } as const;
const burst = (series: string, frame: number, flags: number): Exhibit => ({
  id: `burst ${series} ${frame}`,
  what: `burst ${series}, frame ${frame}${(flags & 4) === 0 ? '' : ', its key frame'}${(flags & 16) === 0 ? '' : ', picked by the owner'}`,
  spec: { filename: `Burst ${series} ${frame}.JPG`, captureMs: AUGUST + 3_600_000 + frame * 100, burst: { id: `BURST-${series}`, flags } },
});

const list: readonly Exhibit[] = [
  {
    id: 'edited',
    what: 'an edited photo, the edit a JPEG',
    spec: { filename: 'Edited.HEIC', uti: HEIC, edited: { uti: 'public.jpeg' } },
    albums: ['Edits'],
  },
  { id: 'edited as heic', what: 'an edited photo whose resJPEGFull is HEIC', spec: { filename: 'Edited HEIC.JPG', edited: { uti: HEIC } } },
  {
    id: 'drawn upon',
    what: 'an edit with markup',
    spec: { filename: 'Markup.PNG', uti: 'public.png', edited: { type: 'ScreenshotServices', uti: 'public.png', markup: true } },
  },
  { id: 'third party edit', what: 'an edit by another app', spec: { filename: 'Other app.JPG', edited: { type: 'com.example.editor' } } },
  { id: 'edited film', what: 'an edited film', spec: { filename: 'Edited film.MOV', uti: MOV, edited: { size: 5000 } } },
  {
    id: 'edited live',
    what: 'an edited live photo: picture and film',
    spec: { filename: 'Edited live.HEIC', ...LIVE, edited: { uti: HEIC, videoSize: 3500 } },
  },
  {
    id: 'edited live still',
    what: 'an edited live photo of which only the picture was rendered',
    spec: { filename: 'Edited live still.HEIC', ...LIVE, edited: { uti: 'public.jpeg' } },
  },
  { id: 'live', what: 'a live photo', spec: { filename: 'Live.HEIC', ...LIVE }, albums: ['Edits'] },
  { id: 'live jpeg', what: 'a live photo from before HEIC', spec: { filename: 'Live.JPG', liveVideoSize: 3000 } },
  {
    id: 'reverted',
    what: 'edited, and the edit taken back',
    spec: { filename: 'Reverted.HEIC', uti: HEIC, edited: {} },
    later: 'reverted',
  },
  {
    id: 'edited again',
    what: 'edited twice: the second edit counts',
    spec: { filename: 'Edited again.HEIC', uti: HEIC, edited: {} },
    later: 'edited-again',
  },
  { id: 'favorite', what: 'a favourite', spec: { filename: 'Favourite.HEIC', uti: HEIC, favorite: true }, albums: ['Edits'] },
  { id: 'duplicate', what: 'a duplicate: another asset of the same master', spec: {}, duplicateOf: 'live' },
  { id: 'edited duplicate', what: 'an edited duplicate', spec: { edited: { uti: 'public.jpeg', size: 2222 } }, duplicateOf: 'favorite' },
  { id: 'hidden', what: 'hidden', spec: { filename: 'Hidden.JPG', hidden: true } },
  {
    id: 'hidden live',
    what: 'a hidden live photo, still in an album',
    spec: { filename: 'Hidden live.HEIC', ...LIVE, hidden: true },
    albums: ['Edits'],
  },
  { id: 'hidden edit', what: 'a hidden edited photo', spec: { filename: 'Hidden edit.HEIC', uti: HEIC, hidden: true, edited: {} } },
  { id: 'trashed', what: 'in Recently Deleted', spec: { filename: 'Trashed.JPG', deletedMs: DAY } },
  {
    id: 'trashed live',
    what: 'an edited live photo in Recently Deleted',
    spec: { filename: 'Trashed live.HEIC', ...LIVE, edited: { videoSize: 2000 }, deletedMs: DAY + SECOND },
  },
  {
    id: 'trashed hidden',
    what: 'hidden and then deleted',
    spec: { filename: 'Trashed hidden.JPG', hidden: true, deletedMs: DAY + 2 * SECOND },
  },
  ...[36, 34, 34, 34].map((flags, frame) => burst('A', frame + 1, flags)),
  ...[34, 36, 50].map((flags, frame) => burst('B', frame + 1, flags)),
];

export const EDIT_EXHIBITS: readonly Exhibit[] = list.map((exhibit, i) => ({
  ...exhibit,
  spec: { captureMs: AUGUST + i * 60_000, size: 3000, ...exhibit.spec },
}));

/** In the shared library. */
export const SHARED_EXHIBITS: readonly Exhibit[] = [
  { id: 'shared', what: 'in the shared library', spec: { filename: 'Shared.HEIC', uti: HEIC } },
  {
    id: 'shared live edit',
    what: 'an edited live photo in the shared library',
    spec: { filename: 'Shared live.HEIC', ...LIVE, edited: { videoSize: 2500 } },
  },
  {
    id: 'shared member',
    what: 'in the shared library and in a personal album',
    spec: { filename: 'Shared member.JPG', favorite: true },
    albums: ['Edits', 'Mixed'],
  },
  { id: 'shared film', what: 'a film in the shared library', spec: { filename: 'Shared film.MOV', uti: MOV } },
  { id: 'shared hidden', what: 'hidden in the shared library', spec: { filename: 'Shared hidden.JPG', hidden: true } },
  { id: 'shared trashed', what: 'deleted in the shared library', spec: { filename: 'Shared trashed.JPG', deletedMs: DAY } },
  { id: 'same name as own', what: 'named as a photo of the personal library', spec: { filename: 'Favourite.HEIC', uti: HEIC } },
].map((exhibit, i) => ({ ...exhibit, shared: true as const, spec: { captureMs: AUGUST + i * 60_000, size: 3000, ...exhibit.spec } }));
