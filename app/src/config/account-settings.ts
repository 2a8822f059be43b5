import { accountName, oneOf, secretLine, wholeNumber } from './kinds.ts';
import { setting, toggle } from './setting.ts';

const group = 'account';

export const accountSettings = {
  username: setting(accountName().optional(), {
    env: 'APPLE_ID_USER',
    flag: '--username',
    short: '-u',
    placeholder: 'account',
    expects: 'the e-mail address or phone number of an Apple Account',
    help: 'Your Apple Account: e-mail address or phone number. Asked on the terminal if absent.',
    group,
    fromFile: true,
  }),
  password: setting(secretLine().optional(), {
    env: 'APPLE_ID_PWD',
    flag: '--password',
    short: '-p',
    placeholder: 'string',
    expects: 'one line of text',
    help: 'Its password; app-specific passwords do not work. Asked on the terminal if absent. Safest in a file: `APPLE_ID_PWD_FILE`.',
    group,
    secret: true,
  }),
  trustToken: setting(secretLine().optional(), {
    env: 'TRUST_TOKEN',
    flag: '--trust-token',
    short: '-T',
    placeholder: 'string',
    expects: 'one line of text',
    help: 'Trust token to use instead of the stored one.',
    group,
    secret: true,
  }),
  refreshToken: toggle({
    env: 'REFRESH_TOKEN',
    flag: '--refresh-token',
    help: 'Forget the stored trust token at start: the next sign-in asks for a code.',
    group,
  }),
  mfaTimeout: setting(wholeNumber(1).default(600), {
    env: 'MFA_TIMEOUT',
    flag: '--mfa-timeout',
    placeholder: 'seconds',
    expects: 'a whole number of seconds, 1 or more',
    help: 'How long a sign-in waits for the code. Apple gives up after about ten minutes.',
    group,
  }),
  region: setting(oneOf('world', 'china').default('world'), {
    env: 'REGION',
    flag: '--region',
    placeholder: 'region',
    expects: 'world or china',
    help: '`china` for accounts that iCloud operates in mainland China.',
    group,
  }),
};
