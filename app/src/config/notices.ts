import { isDeepStrictEqual } from 'node:util';
import { defaultOf, type Settings, settingList } from './settings.ts';
import { fileNames, maybeFile } from './sources.ts';

const SHORTEST_PASSWORD = 8;

/** One sentence for each setting that has no effect although it was set, and for those that deserve a second look. */
export function settingNotices(settings: Settings): readonly string[] {
  const notices = settingList()
    .filter(({ key, facts }) => facts.status !== undefined && !isDeepStrictEqual(settings[key], defaultOf(key)))
    .map(({ facts }) => `${facts.env} has no effect. ${plain(facts.explanation ?? '')}`);
  if (settings.icloudTestServer !== undefined)
    notices.push(
      `ICLOUD_TEST_SERVER is set: nothing comes from Apple, everything from the simulated iCloud at ${settings.icloudTestServer}.`,
    );
  for (const [env, value] of [
    ['WEB_PASSWORD', settings.webPassword],
    ['WEB_TOKEN', settings.webToken],
  ] as const)
    if (value !== undefined && value.length < SHORTEST_PASSWORD)
      notices.push(`${env} has fewer than ${SHORTEST_PASSWORD} characters and is easy to guess.`);
  return notices;
}

/** Backticks belong to the settings page. */
export function plain(text: string): string {
  return text.replaceAll('`', '');
}

/** Names that other programs do not use by chance, so that a near miss is most likely meant for us. */
const DISTINCTIVE =
  /^(APPLE_ID|DATA_DIR$|CONFIG_DIR$|TRUST_TOKEN|REFRESH_TOKEN|MFA|DOWNLOAD|METADATA|MAX_RETRIES|CHECKSUM|WEB|SCHEDULE$|HEALTH_CHECK|REMOTE_DELETE|LOG_TO_CLI|SUPPRESS|EXPORT_METRICS|ENABLE|ICLOUD|OFFSITE|NOTIFY|NTFY|APPRISE|GOTIFY|PUSHOVER|TELEGRAM|DISCORD_WEBHOOK)/;

/** A mistyped name is silently ignored by the rules of the environment; these say so. */
export function misspellings(names: readonly string[]): readonly string[] {
  const ours = settingList().flatMap(({ facts }) => [facts.env, ...(maybeFile(facts) ? fileNames(facts.env) : [])]);
  const unread = new Map(
    settingList().flatMap(({ facts }) => (maybeFile(facts) ? [] : fileNames(facts.env).map((name) => [name, facts.env] as const))),
  );
  const candidates = ours.filter((name) => DISTINCTIVE.test(name.replace(/^FILE__/, '')));
  return [...new Set(names)].sort().flatMap((name) => {
    if (ours.includes(name)) return [];
    const plainName = unread.get(name);
    if (plainName !== undefined && DISTINCTIVE.test(plainName))
      return [`${name} is not read: only secrets and APPLE_ID_USER can be given as files. Set ${plainName}.`];
    const near = nearest(name.toUpperCase(), candidates);
    if (near !== undefined) return [`${name} is not a setting. Did you mean ${near}?`];
    return /^APPLE_ID_/i.test(name) ? [`${name} is not a setting. The account is set with APPLE_ID_USER and APPLE_ID_PWD.`] : [];
  });
}

function nearest(name: string, candidates: readonly string[]): string | undefined {
  if (name.length < 6 || name.length > 40) return undefined;
  const allowed = name.length < 10 ? 1 : 2;
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) > allowed) continue;
    const distance = editDistance(name, candidate);
    if (distance <= allowed && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { name: candidate, distance };
  }
  return best?.name;
}

/** Insertions, removals and exchanges of one letter that lead from one word to the other. */
function editDistance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const exchange = (above[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min((above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, exchange));
    }
    above = current;
  }
  return above[to.length] ?? 0;
}
