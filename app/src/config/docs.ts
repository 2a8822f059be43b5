import { defaultText } from './options.ts';
import { SETTING_GROUPS, type SettingFacts, type SettingGroup } from './setting.ts';
import { settingList } from './settings.ts';
import { fileNames, maybeFile } from './sources.ts';

const INTRODUCTION = `# Settings

<!-- Written by scripts/generate-docs from app/src/config. Edit the settings there. -->

Every setting has a name for the environment (compose file) and most have a flag for the command line. Flags may stand
before or after the command.

## Where settings come from

The first of these that holds a value counts:

1. a flag: \`--data-dir /photos\`
2. the environment: \`DATA_DIR=/photos\`
3. a file, for secrets and the account name: \`APPLE_ID_PWD_FILE=/run/secrets/apple_id_pwd\`
4. a file called \`.env\` in the working directory
5. the default

An empty text counts as "not set". A wrong value is never replaced by the default: the program lists every wrong setting
and ends with exit code 3. A name that looks like a misspelt setting is pointed out at start.
`;

const FILES = (names: string): string => `## Secrets in files

Environment variables and command lines can be read by others on the same machine (\`docker inspect\`, \`ps\`). So each
of these can be kept in a file instead: ${names}.

\`\`\`yaml
services:
  photos-sync:
    environment:
      APPLE_ID_USER: "you@example.com"
      APPLE_ID_PWD_FILE: /run/secrets/apple_id_pwd
    secrets: [apple_id_pwd]
secrets:
  apple_id_pwd:
    file: ./apple_id_pwd.txt
\`\`\`

The file holds nothing but the value; one line break at its end is ignored. \`FILE__APPLE_ID_PWD\` is understood as well.
Setting a name both directly and as a file is an error, because it would be unclear which one counts.

## The file .env

\`\`\`
APPLE_ID_USER=you@example.com
APPLE_ID_PWD='pa$word # with signs'
DATA_DIR=/photos
\`\`\`

One \`NAME=value\` on each line. Put values with \`#\`, \`$\` or blanks in single quotes. The names that end in \`_FILE\`
work here too.
`;

const NOTES: Partial<Record<SettingGroup, string>> = {
  account: 'In a shell, put a password that contains `$` in single quotes. In a compose file write `$$` for each `$`.',
  offsite:
    'Up to three copies: `OFFSITE_…`, `OFFSITE_2_…`, `OFFSITE_3_…`. How they work: [off-site.md](off-site.md). They have no flags, because copies come from the service.',
  web: '`WEB_PASSWORD` and `WEB_TOKEN` have no flags: a command line can be read by others. How the port is protected: [http.md](http.md).',
  notifications:
    'How to set each channel up: [notifications.md](notifications.md). They have no flags, because messages come from the service.',
  testing: 'Nothing comes from Apple and nothing is sent there while this is set; the program says so at every start.',
  retired: 'Known from earlier tools and still accepted, so that old compose files keep working. Setting one gives a notice.',
};

/** The settings page, docs/configuration.md. */
export function renderConfiguration(): string {
  const all = settingList();
  const files = all.filter(({ facts }) => maybeFile(facts)).map(({ facts }) => `\`${fileNames(facts.env)[0]}\``);
  const groups = (Object.keys(SETTING_GROUPS) as SettingGroup[]).map((group) => {
    const rows = all.filter(({ facts }) => facts.group === group);
    const note = NOTES[group];
    return [
      `## ${SETTING_GROUPS[group]}\n`,
      '| Environment | Flag | Default | Meaning |',
      '| --- | --- | --- | --- |',
      ...rows.map(
        ({ key, facts }) => `| ${[`\`${facts.env}\``, flag(facts), defaultText(key, facts), meaning(facts)].map(cell).join(' | ')} |`,
      ),
      ...(note === undefined ? [] : [`\n${note}`]),
      '',
    ].join('\n');
  });
  return [INTRODUCTION, ...groups, FILES(files.join(', '))].join('\n');
}

function flag(facts: SettingFacts): string {
  if (facts.flag === undefined) return '';
  const value = facts.placeholder === undefined ? '' : ` <${facts.placeholder}>`;
  return [...(facts.short === undefined ? [] : [`\`${facts.short}\``]), `\`${facts.flag}${value}\``].join(', ');
}

/** Placeholders that need no further words. */
const OBVIOUS: ReadonlySet<string> = new Set(['folder', 'account']);

function meaning(facts: SettingFacts): string {
  const values = facts.placeholder === undefined || facts.secret || OBVIOUS.has(facts.placeholder) ? '' : ` Expected: ${facts.expects}.`;
  if (facts.status === undefined) return `${facts.help}${values}`;
  return `${facts.help} *${facts.status === 'planned' ? 'Not used yet' : 'No longer used'}.* ${facts.explanation ?? ''}`;
}

/** An empty cell needs a sign of its own, and a bar would open a new column. */
function cell(text: string): string {
  return text === '' ? '–' : text.replaceAll('|', '\\|');
}
