/** Record names: these, every so many-th (by its name, so always the same ones), or as a function says. */
export type Chosen = readonly string[] | { readonly every: number } | ((recordName: string) => boolean);

export type ListKind = 'photos' | 'members' | 'albums';

/**
 * What the photo database answers that looks right and is not, or not yet. Every switch stands for one trap of photos.md;
 * all are off at first. Everything but functions can be given as JSON.
 */
export interface LieSwitches {
  /** Photo lists end so many items early, as if the newest were gone. */
  readonly listsEndEarly: number;
  /** Assets that no photo list shows. */
  readonly listsLeaveOut: Chosen;
  /** Album members (asset names) and albums (album names) that are not listed. */
  readonly membersLeaveOut: Chosen;
  readonly albumsLeaveOut: Chosen;
  /** These lists answer no record at all, without a marker. */
  readonly emptyLists: readonly ListKind[];
  /** Record types that photo lists do not bring: `CPLMaster` or `CPLAsset`. */
  readonly listsWithoutTypes: readonly string[];
  /** Counts agree with shortened and emptied lists; by default they tell the truth. */
  readonly countsAgree: boolean;
  /** Added to every count. */
  readonly countsOffBy: number;
  /** So many empty pages with a marker stand before each page of a list. */
  readonly emptyListPages: number;
  /** Each page of a photo or member list but the first begins with the last so many items of the page before. */
  readonly repeatedItems: number;
  /** Records in whose place an error entry stands, in lists and feed, or in lookups. */
  readonly errorsInPages: Chosen;
  readonly errorsInLookups: Chosen;
  /** Records that the feed never brings although its token moves on: lies by omission. */
  readonly feedLeavesOut: Chosen;
  /** Record types that the feed does not bring: `CPLMaster`, `CPLAlbum` … and `tombstone`. */
  readonly feedWithoutTypes: readonly string[];
  /** Every page of the feed has at most so many records: pairs are torn apart. */
  readonly feedPageLimit: number;
  /** So many empty pages with `moreComing` stand before each page of the feed; one now and then by default. */
  readonly emptyFeedPages: number;
  /** The feed has nothing, whatever changed; its token moves on. */
  readonly feedSilent: boolean;
  /** `/changes/database` names no zone, whatever changed. */
  readonly gateSilent: boolean;
  /** Every token is refused, as after a long time or a change on Apple's side. */
  readonly tokensRefused: boolean;
  /** How a tombstone says that it does not know its type. */
  readonly tombstones: 'null' | 'missing';
  /** Writes on these records are refused in their own entry with `refusedAs`. */
  readonly writesRefused: Chosen;
  readonly refusedAs: string;
  /** Writes are answered `{}`: carried out or not. */
  readonly writesAnswerNothing: 'no' | 'but-done' | 'not-done';
  /** Written records that are missing in the answer although the write was done. */
  readonly writesLeaveOut: Chosen;
  /** After so many deletes the next `busyTimes` writes are refused with `busyWith`; then the count begins anew. */
  readonly deletesUntilBusy: number;
  readonly busyTimes: number;
  readonly busyWith: 'op-lock' | 503;
}

const TRUTH: LieSwitches = {
  listsEndEarly: 0,
  listsLeaveOut: [],
  membersLeaveOut: [],
  albumsLeaveOut: [],
  emptyLists: [],
  listsWithoutTypes: [],
  countsAgree: false,
  countsOffBy: 0,
  emptyListPages: 0,
  repeatedItems: 0,
  errorsInPages: [],
  errorsInLookups: [],
  feedLeavesOut: [],
  feedWithoutTypes: [],
  feedPageLimit: Number.POSITIVE_INFINITY,
  emptyFeedPages: 0,
  feedSilent: false,
  gateSilent: false,
  tokensRefused: false,
  tombstones: 'null',
  writesRefused: [],
  refusedAs: 'SERVER_RECORD_CHANGED',
  writesAnswerNothing: 'no',
  writesLeaveOut: [],
  deletesUntilBusy: Number.POSITIVE_INFINITY,
  busyTimes: 1,
  busyWith: 'op-lock',
};

/** Turns lies on and off while the simulator runs. */
export interface Lies {
  readonly told: LieSwitches;
  /** Adds these to the lies that are told already. */
  tell(switches: Partial<LieSwitches>): void;
  /** The truth again. */
  stop(): void;
}

export function createLies(): Lies {
  let told = TRUTH;
  return {
    get told() {
      return told;
    },
    tell(switches) {
      const unknown = Object.keys(switches).find((name) => !(name in TRUTH));
      if (unknown !== undefined) throw new Error(`there is no lie "${unknown}"; there are ${Object.keys(TRUTH).join(', ')}`);
      told = { ...told, ...switches };
    },
    stop() {
      told = TRUTH;
    },
  };
}

/** FNV-1a, enough to spread names evenly. */
function spread(text: string): number {
  let value = 2_166_136_261;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 16_777_619);
  return value >>> 0;
}

/** Whether anybody is chosen at all: lists need not be looked through otherwise. */
export const choosesAnyone = (chosen: Chosen): boolean => !(Array.isArray(chosen) && chosen.length === 0);

export function isChosen(chosen: Chosen, recordName: string): boolean {
  if (typeof chosen === 'function') return chosen(recordName);
  if ('every' in chosen && typeof chosen.every === 'number') return spread(recordName) % chosen.every === 0;
  return (chosen as readonly string[]).includes(recordName);
}
