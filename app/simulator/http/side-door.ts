import type { Account } from '../auth/account.ts';
import type { LieSwitches, Lies } from '../cloudkit/lies.ts';
import type { AssetSpec } from '../library/make-asset.ts';
import type { Library } from '../library/photo-library.ts';
import type { SharedAlbumSpec } from '../library/shared-albums.ts';
import { type Answer, type Call, listProperty, property, type Route, textProperty } from './answer.ts';
import type { FaultRule, Faults } from './faults.ts';
import { fault, KNOWN_FAULTS, type KnownFault } from './known-faults.ts';
import type { Line } from './line.ts';
import type { RequestLog } from './request-log.ts';

/** The kind of its requests: never counted, never struck by faults. */
export const SIDE_DOOR = 'side-door';

export interface SideDoorParts {
  readonly account: Account;
  readonly library: Library;
  readonly log: RequestLog;
  readonly faults: Faults;
  readonly lies: Lies;
  readonly line: Line;
  readonly expireAddresses: () => void;
}

/** What a user of the simulated account can do to the library, by the name of the method. */
const LIBRARY_ACTIONS = [
  'addAsset',
  'duplicateAsset',
  'deleteAsset',
  'restoreAsset',
  'purgeAsset',
  'editAsset',
  'revertEdit',
  'setFavorite',
  'setHidden',
  'describeAsset',
  'finishUpload',
  'moveToShared',
  'moveToPersonal',
  'leaveSharedLibrary',
  'addAlbum',
  'renameAlbum',
  'moveAlbum',
  'removeAlbum',
  'restoreAlbum',
  'purgeAlbum',
  'addToAlbum',
  'removeFromAlbum',
] as const;

/** `{ "do": "deleteAsset", "args": ["<record name>"] }`, or a list of these. */
function changeLibrary(library: Library, body: unknown): unknown {
  if (Array.isArray(body)) return body.map((entry) => changeLibrary(library, entry));
  const name = LIBRARY_ACTIONS.find((known) => known === textProperty(body, 'do'));
  if (name === undefined) throw new Error(`"do" is one of ${LIBRARY_ACTIONS.join(', ')}`);
  const args = property(body, 'args');
  const action = library[name] as (...given: unknown[]) => unknown;
  return action.apply(library, Array.isArray(args) ? args : []) ?? null;
}

/** A rule as {@link FaultRule}, or with `fault`, the name of a known one, in place of `effect`. */
export function ruleFrom(body: unknown): FaultRule {
  const name = textProperty(body, 'fault');
  if (textProperty(body, 'on') === undefined) throw new Error('a rule needs "on", a kind of request or "*"');
  const rule = body as FaultRule;
  if (name === undefined) {
    if (property(body, 'effect') === undefined) throw new Error('a rule needs "effect" or "fault"');
    return rule;
  }
  if (!(name in KNOWN_FAULTS)) throw new Error(`there is no fault "${name}"; there are ${Object.keys(KNOWN_FAULTS).join(', ')}`);
  return fault(name as KnownFault, rule);
}

type Action = (call: Call) => unknown;
const DONE = { done: true };
const done =
  (act: (call: Call) => void): Action =>
  (call) => {
    act(call);
    return DONE;
  };

function actionsOf({ account, library, log, faults, lies, line, expireAddresses }: SideDoorParts): Readonly<Record<string, Action>> {
  return {
    'GET /simulator/code': () => ({ code: account.currentCode() ?? null }),
    'GET /simulator/requests': () => log.all(),
    'DELETE /simulator/requests': done(() => log.reset()),
    'POST /simulator/expire-session': done(() => account.expireSession()),
    'POST /simulator/approve-web-access': done(() => account.webAccess.approve()),
    'POST /simulator/revoke-trust': done(() => account.revokeTrust()),
    'POST /simulator/expire-addresses': done(() => expireAddresses()),
    'POST /simulator/account': done(({ body }) => {
      account.spec = { ...account.spec, ...(body as object) };
    }),
    'GET /simulator/assets': ({ query }) => {
      const zone = query.get('zone') ?? undefined;
      return zoneAssets(library, zone, Number(query.get('limit') ?? 1000));
    },
    'GET /simulator/albums': () => library.albums(),
    'GET /simulator/shared-albums': () =>
      library.sharedAlbums.all().map(({ guid, name }) => ({ guid, name, photos: library.sharedAlbums.photos(guid).length })),
    'POST /simulator/shared-albums': ({ body }) => sharedAlbumFrom(library, body),
    'POST /simulator/library': ({ body }) => ({ result: changeLibrary(library, body) }),
    'POST /simulator/faults': done(({ body }) => void faults.add(ruleFrom(body))),
    'DELETE /simulator/faults': done(() => faults.clear()),
    'POST /simulator/lies': done(({ body }) => lies.tell(body as Partial<LieSwitches>)),
    'DELETE /simulator/lies': done(() => lies.stop()),
    'POST /simulator/line': done(({ body }) => void Object.assign(line, body)),
  };
}

/** `{ "name": …, "photos": [ … ] }`: an album with its photos, each an AssetSpec. */
function sharedAlbumFrom({ sharedAlbums }: Library, body: unknown): object {
  const guid = sharedAlbums.add({ ...(body as SharedAlbumSpec), name: textProperty(body, 'name') ?? 'Shared' });
  return { guid, photos: listProperty(body, 'photos').map((spec) => sharedAlbums.addPhoto(guid, spec as AssetSpec)) };
}

/** Assets of a zone, oldest first, as a person who tries something by hand wants to see them. */
function zoneAssets(library: Library, zone: string | undefined, limit: number): object[] {
  const list: object[] = [];
  for (const { assetRecordName, filename, captureMs, kind } of library.expectedIn(zone)) {
    if (kind !== 'original') continue;
    if (list.length >= limit) break;
    list.push({ recordName: assetRecordName, filename: filename ?? null, taken: captureMs === undefined ? null : new Date(captureMs) });
  }
  return list;
}

/** For people and scripts: what the user's devices would show and do. Not part of Apple's protocol, not counted as Apple's requests. */
export function sideDoorRoutes(parts: SideDoorParts): (method: string, path: string) => Route {
  const actions = actionsOf(parts);
  return (method, path) => ({
    kind: SIDE_DOOR,
    handle: (call): Answer => {
      const action = actions[`${method} ${path}`];
      if (action === undefined) return { status: 404, body: { error: `no ${method} ${path}`, known: Object.keys(actions) } };
      try {
        return { status: 200, body: action(call) as object };
      } catch (error) {
        return { status: 400, body: { error: error instanceof Error ? error.message : String(error) } };
      }
    },
  });
}
