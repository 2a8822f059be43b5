import { z } from 'zod';

/** Kinds of values that only off-site settings have. */

function checked<T>(read: (text: string) => T | undefined) {
  return z.string().transform((text, context): T => {
    const value = read(text.trim());
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: 'not understood' });
    return z.NEVER;
  });
}

export const locationOfText = () => checked((value) => (/^\S+$/.test(value) && !value.startsWith('-') ? value : undefined));

export const shortName = () => checked((value) => (/^[A-Za-z0-9][A-Za-z0-9-]{0,30}$/.test(value) ? value : undefined));

export const privateKey = () => checked((value) => (/^-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(value) ? value : undefined));

/** Only names that cloud services and the engines themselves read: nothing here may change what program is started. */
const ENGINE_NAMES = /^(AWS|B2|AZURE|GOOGLE|OS|ST|SWIFT|RESTIC|RCLONE|BORG)_[A-Z0-9_]+$/;
const NOT_THESE =
  /^(RESTIC_(PASSWORD.*|REPOSITORY.*)|BORG_(PASS.*|REPO|RSH|BASE_DIR)|RCLONE_(CONFIG|PASSWORD_COMMAND|CONFIG_PHOTOS(CRYPT|BASE)_.*))$/;

export const environmentLines = () =>
  checked((value): Readonly<Record<string, string>> | undefined => {
    const lines = value
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'));
    const pairs = lines.map((line) => /^([A-Z0-9_]+)=(.*)$/.exec(line));
    if (!pairs.every((pair) => pair?.[1] !== undefined && ENGINE_NAMES.test(pair[1]) && !NOT_THESE.test(pair[1]))) return undefined;
    return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', (pair?.[2] ?? '').replace(/^(["'])(.*)\1$/, '$2')]));
  });

/** Folders relative to the library. */
export const folderList = () =>
  checked((value): readonly string[] | undefined => {
    const items = value
      .split(',')
      .map((item) => item.trim().replace(/^\.\//, '').replace(/\/+$/, ''))
      .filter((item) => item !== '');
    const inside = (item: string) => !item.startsWith('/') && item.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
    return items.every(inside) ? items : undefined;
  });
