import { DEFAULT_LAYOUT } from '../domain/layout.ts';
import { httpUrl, layout, oneOf, secretToken, text, wholeNumber, wholeNumberOrInfinity } from './kinds.ts';
import { setting, toggle } from './setting.ts';

const group = 'library';

export const librarySettings = {
  dataDir: setting(text().default('/opt/icloud-photos-library'), {
    env: 'DATA_DIR',
    flag: '--data-dir',
    short: '-d',
    placeholder: 'folder',
    expects: 'a folder',
    help: 'Folder that holds your library.',
    group,
  }),
  configDir: setting(text().optional(), {
    env: 'CONFIG_DIR',
    flag: '--config-dir',
    placeholder: 'folder',
    expects: 'a folder',
    help: 'Folder for the session, the catalog and the log. Choose a local disk when the library lies on a network share.',
    group,
    defaultText: '`.photos-sync` in `DATA_DIR`',
  }),
  layout: setting(layout().prefault(DEFAULT_LAYOUT), {
    env: 'LAYOUT',
    flag: '--layout',
    placeholder: 'template',
    expects:
      'folders of {yyyy}, {yy}, {mm}, {month}, {dd} such as `{yyyy}/{yyyy}-{mm}`, or `flat`, `icps`, or a template of icloudpd such as `{:%Y/%m/%d}`',
    help: 'Folders that new photos are filed into, by the date at the place where they were taken. `flat`: one folder. `icps`: one folder, files named by checksum. What is stored already stays where it is.',
    group,
    defaultText: `\`${DEFAULT_LAYOUT}\``,
  }),
  albumLinks: setting(oneOf('symlink', 'hardlink', 'none').default('symlink'), {
    env: 'ALBUM_LINKS',
    flag: '--album-links',
    placeholder: 'kind',
    expects: 'symlink, hardlink or none',
    help: 'How albums show their photos: folders of symbolic links, of hard links (for programs that do not follow the others), or no folders.',
    group,
  }),
  albumOrder: toggle({
    env: 'ALBUM_ORDER',
    flag: '--album-order',
    help: "Put each photo's number in the album before its name there, so that folders show the album's own order.",
    group,
  }),
  metadata: setting(oneOf('xmp', 'json', 'both', 'none').default('xmp'), {
    env: 'METADATA',
    flag: '--metadata',
    placeholder: 'form',
    expects: 'xmp, json, both or none',
    help: 'Small files beside each photo with title, caption, keywords, albums, date and place: `xmp` (`IMG_0412.HEIC.xmp`) for other programs, `json` with everything iCloud says. Photos themselves are never changed.',
    group,
  }),
  jpegCopies: toggle({
    env: 'JPEG_COPIES',
    flag: '--jpeg-copies',
    help: 'Keep a JPEG of every photo in another format (HEIC, RAW …) in `_JPEG`, as large as iCloud has one. Copies follow their photo; switched off, those that are there stay.',
    group,
  }),
  immichUrl: setting(httpUrl().optional(), {
    env: 'IMMICH_URL',
    flag: '--immich-url',
    placeholder: 'url',
    expects: 'an address that starts with http:// or https://',
    help: 'Ask this Immich to scan its external library after a sync that changed something. Needs `IMMICH_API_KEY` as well.',
    group,
  }),
  immichApiKey: setting(secretToken().optional(), {
    env: 'IMMICH_API_KEY',
    expects: 'one line of printable ASCII characters without blanks',
    help: 'API key of an administrator of Immich, with the permissions library.read and library.update.',
    group,
    secret: true,
  }),
  checksumPolicy: setting(oneOf('normal', 'strict').default('normal'), {
    env: 'CHECKSUM_POLICY',
    flag: '--checksum-policy',
    placeholder: 'policy',
    expects: 'normal or strict',
    help: "`strict` also refuses edits and films whose bytes do not match Apple's checksum although two downloads were identical. Originals are always refused.",
    group,
  }),
  verifyDays: setting(wholeNumber(1, 3650).default(90), {
    env: 'VERIFY_DAYS',
    flag: '--verify-days',
    placeholder: 'days',
    expects: 'a whole number of days from 1 to 3650',
    help: 'Every stored file is read again and compared within so many days, a small share after each scheduled sync.',
    group,
  }),
  maxDeletions: setting(wholeNumberOrInfinity(0).optional(), {
    env: 'MAX_DELETIONS',
    flag: '--max-deletions',
    placeholder: 'number',
    expects: 'a whole number, or Infinity',
    help: 'Hold and ask when more items than this have gone from iCloud since the last run.',
    group,
    defaultText: '5 % of the library, at least 20 and at most 200',
  }),
  allowDeletions: toggle({
    env: 'ALLOW_DELETIONS',
    flag: '--allow-deletions',
    help: 'Remove whatever iCloud has proven to be gone, however much it is. Meant for one run, not for a compose file.',
    group,
  }),
  trashDays: setting(wholeNumberOrInfinity(0).default(30), {
    env: 'TRASH_DAYS',
    flag: '--trash-days',
    placeholder: 'days',
    expects: 'a whole number of days, or Infinity',
    help: 'How long `_Trash` keeps what a sync removed or replaced.',
    group,
  }),
  force: toggle({
    env: 'FORCE',
    flag: '--force',
    help: 'Take over the lock of a run that has ended without releasing it. Meant for one run, not for a compose file.',
    group,
  }),
};
