import type { Account } from './account.ts';

export const REQUEST_INFO = { country: 'US', timeZone: 'EST', region: 'NC' };

/** Services with a partition in their name, and whether they need PCS cookies with Advanced Data Protection. */
const PARTITIONED: readonly (readonly [name: string, host: string, pcsRequired?: true])[] = [
  ['reminders', 'remindersws'],
  ['ckdatabasews', 'ckdatabasews', true],
  ['photosupload', 'uploadphotosws', true],
  ['photos', 'photosws', true],
  ['drivews', 'drivews', true],
  ['uploadimagews', 'uploadimagews'],
  ['sharedstreams', 'sharedstreams'],
  ['cksharews', 'ckshare'],
  ['findme', 'fmipweb'],
  ['calendar', 'calendarws'],
  ['docws', 'docws', true],
  ['settings', 'settingsws'],
  ['keyvalue', 'keyvalueservice'],
  ['push', 'pushws'],
  ['account', 'setup'],
  ['contacts', 'contactsws'],
];

function webservices({ spec }: Account): Record<string, object> {
  const suffix = spec.region === 'china' ? 'icloud.com.cn' : 'icloud.com';
  const entries = PARTITIONED.map(([name, host, pcsRequired]) => [
    name,
    { ...(pcsRequired === true ? { pcsRequired } : {}), url: `https://p${spec.partition}-${host}.${suffix}:443`, status: 'active' },
  ]);
  return {
    ...Object.fromEntries(entries),
    schoolwork: {},
    ckdeviceservice: { url: `https://p${spec.partition}-ckdevice.${suffix}:443` },
    sharedlibrary: { url: `https://sharedlibrary.${suffix}:443`, status: 'active' },
  };
}

function dsInfo(account: Account): object {
  return {
    lastName: 'Tester',
    firstName: 'Simone',
    fullName: 'Simone Tester',
    dsid: account.dsid,
    appleId: account.appleId,
    primaryEmail: account.appleId,
    appleIdEntries: [{ isPrimary: true, type: 'EMAIL', value: account.appleId }],
    appleIdAliases: [],
    iCloudAppleIdAlias: '',
    aDsID: '123456-12-12345678-1234-1234-1234-123456789012',
    notificationId: '12341234-1234-12341234-1234',
    iCDPEnabled: account.spec.advancedDataProtection,
    hsaEnabled: true,
    hsaVersion: 2,
    hasICloudQualifyingDevice: true,
    isManagedAppleID: false,
    isWebAccessAllowed: account.spec.webAccess === 'on',
    isPaidDeveloper: false,
    primaryEmailVerified: true,
    ICDRSCapableDeviceList: '',
    ICDRSCapableDeviceCount: 0,
    locked: false,
    statusCode: 2,
    pcsDeleted: false,
    locale: 'en-us_US',
    languageCode: 'en-us',
    countryCode: account.spec.region === 'china' ? 'CHN' : 'USA',
    beneficiaryInfo: { isBeneficiary: false },
    familyEligible: true,
  };
}

/** Body of accountLogin and validate (authentication.md §7.1). */
export function loginBody(account: Account, trusted: boolean, extended: boolean): object {
  return {
    dsInfo: dsInfo(account),
    hasMinimumDeviceForPhotosWeb: true,
    iCDPEnabled: account.spec.advancedDataProtection,
    webservices: webservices(account),
    pcsEnabled: true,
    hsaTrustedBrowser: trusted,
    appsOrder: ['mail', 'contacts', 'calendar', 'photos', 'iclouddrive', 'notes3', 'reminders', 'find', 'settings'],
    version: 2,
    isExtendedLogin: extended,
    pcsServiceIdentitiesIncluded: false,
    hsaChallengeRequired: false,
    requestInfo: REQUEST_INFO,
    pcsDeleted: false,
    iCloudInfo: { SafariBookmarksHasMigratedToCloudKit: false },
    configBag: { urls: { accountLogin: 'https://setup.icloud.com/setup/ws/1/accountLogin' }, accountCreateEnabled: true },
    apps: { photos: {}, mail: {}, contacts: {}, iclouddrive: {}, settings: { canLaunchWithOneFactor: true } },
  };
}
