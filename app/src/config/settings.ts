import { z } from 'zod';
import { accountSettings } from './account-settings.ts';
import { filterSettings } from './filter-settings.ts';
import { httpUrl } from './kinds.ts';
import { librarySettings } from './library-settings.ts';
import { notifySettings } from './notify-settings.ts';
import { offsiteSettings } from './offsite-settings.ts';
import { outputSettings } from './output-settings.ts';
import { serviceSettings } from './service-settings.ts';
import { type SettingFacts, setting, toggle } from './setting.ts';
import { transferSettings } from './transfer-settings.ts';
import { webSettings } from './web-settings.ts';

/** Every setting, once: flag, environment variable, file, default, help, settings page and redaction derive from it. */
export const Settings = z.object({
  ...accountSettings,
  ...librarySettings,
  ...filterSettings,
  ...transferSettings,
  ...serviceSettings,
  ...webSettings,
  ...notifySettings,
  ...offsiteSettings,
  ...outputSettings,
  icloudTestServer: setting(httpUrl().optional(), {
    env: 'ICLOUD_TEST_SERVER',
    flag: '--icloud-test-server',
    placeholder: 'url',
    expects: 'an address that starts with http:// or https://',
    help: 'For tests and the demo only: every request meant for Apple goes to this simulated iCloud instead.',
    group: 'testing',
  }),
  failOnMfa: toggle({
    env: 'FAIL_ON_MFA',
    flag: '--fail-on-mfa',
    help: 'Stop instead of waiting for a code.',
    group: 'retired',
    status: 'retired',
    explanation: 'A sign-in waits for a code until `MFA_TIMEOUT` is over; a small `MFA_TIMEOUT` does what this did.',
  }),
  legacyLogin: toggle({
    env: 'LEGACY_LOGIN',
    flag: '--legacy-login',
    help: 'Sign in by sending the plain password.',
    group: 'retired',
    status: 'retired',
    explanation: 'Apple no longer accepts this. The password never leaves this machine.',
  }),
});

type Parsed = z.infer<typeof Settings>;

/** `configDir` is always known: it follows `dataDir` unless it was set. */
export type Settings = Readonly<Omit<Parsed, 'configDir'> & { configDir: string }>;
export type SettingKey = keyof Parsed;

/** The facts of each setting, in the order of the schema. */
export function settingList(): readonly { readonly key: SettingKey; readonly facts: SettingFacts }[] {
  return (Object.keys(Settings.shape) as SettingKey[]).map((key) => ({ key, facts: factsOf(key) }));
}

export function factsOf(key: SettingKey): SettingFacts {
  return Settings.shape[key].meta() as unknown as SettingFacts; // put there by setting() and nobody else
}

/** The value of a setting that nobody set. */
export function defaultOf(key: SettingKey): unknown {
  return Settings.shape[key].parse(undefined);
}
