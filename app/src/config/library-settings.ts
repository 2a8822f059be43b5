import { oneOf, text } from './kinds.ts';
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
  checksumPolicy: setting(oneOf('normal', 'strict').default('normal'), {
    env: 'CHECKSUM_POLICY',
    flag: '--checksum-policy',
    placeholder: 'policy',
    expects: 'normal or strict',
    help: "`strict` also refuses edits and films whose bytes do not match Apple's checksum although two downloads were identical. Originals are always refused.",
    group,
  }),
  force: toggle({
    env: 'FORCE',
    flag: '--force',
    help: 'Take over the lock of a run that has ended without releasing it. Meant for one run, not for a compose file.',
    group,
  }),
};
