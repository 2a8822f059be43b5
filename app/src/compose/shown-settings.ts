import { isDeepStrictEqual } from 'node:util';
import { defaultText } from '../config/options.ts';
import { SETTING_GROUPS } from '../config/setting.ts';
import { defaultOf, type Settings, settingList } from '../config/settings.ts';

/** What the settings page shows: of secrets only whether they are set, of the account only its beginning. */
export function shownSettings(settings: Settings) {
  return settingList()
    .filter(({ facts }) => facts.status === undefined)
    .map(({ key, facts }) => {
      const value = settings[key];
      const isDefault = isDeepStrictEqual(value, defaultOf(key));
      const shown = facts.secret
        ? value === undefined
          ? ''
          : 'set'
        : isDefault
          ? defaultText(key, facts).replaceAll('`', '')
          : textOf(value);
      return {
        group: SETTING_GROUPS[facts.group],
        name: facts.env,
        value: key === 'username' ? masked(shown) : withoutSecrets(facts.env, shown),
        from: isDefault ? 'default' : 'set by you',
      };
    });
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Addresses are secrets in part: the path of a webhook or of a health check is what lets one in, and repositories may hold passwords. */
function withoutSecrets(env: string, value: string): string {
  const plain = value.replace(/(\/\/)[^/@\s]*@/g, '$1•••@');
  return env === 'WEB_URL' ? plain : plain.replace(/(https?:\/\/[^/\s"]+)\/[^\s"]+/g, '$1/•••');
}

/** `a•••@example.com` */
function masked(account: string): string {
  return account.replace(/^(.)[^@]*/, '$1•••');
}
