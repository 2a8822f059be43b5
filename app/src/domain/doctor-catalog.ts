import type { Check } from './doctor-report.ts';
import { formatBytes, formatCount } from './format.ts';

interface CodeCount {
  readonly code: string;
  readonly count: number;
}

interface Catalog {
  readonly bytes: number;
  readonly format: number;
  readonly knownFormat: number;
  readonly journalMode: string;
  readonly soundness: 'ok' | number;
  readonly accounts: number;
  readonly zones: readonly { readonly is: string; readonly completeAtMs: number | undefined; readonly hasToken: boolean }[];
  readonly items: number;
  readonly albums: number;
  readonly files: number;
  readonly fileBytes: number;
  readonly oldestReadMs: number | undefined;
  readonly todo: readonly CodeCount[];
  readonly findings: readonly CodeCount[];
  readonly kinds: readonly {
    readonly kind: string;
    readonly files: number;
    readonly matching: number;
    readonly unconfirmed: number;
    readonly unverifiable: number;
  }[];
  readonly runs: readonly {
    readonly command: string;
    readonly startedAtMs: number;
    readonly endedAtMs: number | undefined;
    readonly outcome: string | undefined;
    readonly problems: readonly CodeCount[];
  }[];
  readonly types: readonly { readonly uti: string; readonly count: number }[];
  readonly resources: readonly string[];
}

type Fact = readonly [string, string];
const iso = (ms: number | undefined): string => (ms === undefined ? 'never' : new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z'));
const counted = (codes: readonly CodeCount[]): string =>
  codes.map(({ code, count }) => `${code} ${formatCount(count)}`).join(', ') || 'none';

/** What the catalog holds, in figures. */
export function catalogChecks(catalog: Catalog | undefined, nowMs: number): readonly Check[] {
  if (!catalog)
    return [{ title: 'Catalog', verdict: 'note', facts: [['catalog', 'there is none yet']], advice: 'The first sync makes it.' }];
  return [soundness(catalog, nowMs), checksums(catalog), strangers(catalog), history(catalog)];
}

function soundness(catalog: Catalog, nowMs: number): Check {
  const { soundness: sound, format, knownFormat } = catalog;
  const isBroken = sound !== 'ok' || format > knownFormat;
  const facts: Fact[] = [
    ['integrity', sound === 'ok' ? 'ok' : `${sound} faults found`],
    ['format', `${format} (this version writes ${knownFormat}), journal ${catalog.journalMode}, ${formatBytes(catalog.bytes)}`],
    [
      'holds',
      `${formatCount(catalog.items)} items, ${formatCount(catalog.albums)} albums, ${formatCount(catalog.files)} files (${formatBytes(catalog.fileBytes)}), ${catalog.accounts} account`,
    ],
    ...catalog.zones.map(
      ({ is, completeAtMs, hasToken }, index): Fact => [
        `library ${index + 1}`,
        `${is}, last listed completely ${iso(completeAtMs)}, ${hasToken ? 'with' : 'without'} sync token`,
      ],
    ),
    ['still to fetch', counted(catalog.todo)],
    ['not as stored', counted(catalog.findings)],
    [
      'read longest ago',
      catalog.oldestReadMs === undefined ? 'nothing stored' : `${Math.floor((nowMs - catalog.oldestReadMs) / 86_400_000)} days`,
    ],
  ];
  const advice =
    format > knownFormat
      ? 'A newer version of this program wrote the catalog. Use that version.'
      : 'Stop the service and move catalog.sqlite aside; `icloud-photos-sync rebuild`, or the next sync, makes a new one from the files.';
  return {
    title: 'Catalog',
    verdict: isBroken ? 'bad' : catalog.findings.length > 0 ? 'note' : 'good',
    facts,
    advice: isBroken ? advice : undefined,
  };
}

/** How often Apple's checksum could be recomputed, for each kind of file: what a first report from a real account is wanted for. */
function checksums({ kinds }: Catalog): Check {
  const facts = kinds.map(
    ({ kind, files, matching, unconfirmed, unverifiable }): Fact => [
      kind,
      `${formatCount(matching)} of ${formatCount(files)} match (${files === 0 ? '–' : `${((100 * matching) / files).toFixed(1)} %`}), ${unconfirmed} disagree, ${unverifiable} cannot be computed`,
    ],
  );
  const disagree = kinds.some(({ unconfirmed }) => unconfirmed > 0);
  return {
    title: "Apple's checksums",
    verdict: disagree ? 'note' : 'good',
    facts: facts.length > 0 ? facts : [['files', 'none stored']],
    advice: disagree ? 'Please report this: the figures help to find out how Apple computes them for this kind.' : undefined,
  };
}

const TYPE = 'type:';

function strangers({ types, resources }: Catalog): Check {
  const isStrange = types.length > 0 || resources.length > 0;
  return {
    title: 'Kinds that this version does not know',
    verdict: isStrange ? 'note' : 'good',
    facts: [
      ['file types', types.map(({ uti, count }) => `${uti} ${formatCount(count)}`).join(', ') || 'none'],
      ['resources', resources.filter((name) => !name.startsWith(TYPE)).join(', ') || 'none'],
      [
        'records',
        resources
          .filter((name) => name.startsWith(TYPE))
          .map((name) => name.slice(TYPE.length))
          .join(', ') || 'none',
      ],
    ],
    advice: isStrange ? 'They are backed up all the same. Please report them.' : undefined,
  };
}

function history({ runs }: Catalog): Check {
  const failed = runs[0] !== undefined && !['complete', 'incomplete', 'interrupted'].includes(runs[0].outcome ?? '');
  return {
    title: 'Last runs',
    verdict: failed ? 'note' : 'good',
    facts:
      runs.length === 0
        ? [['runs', 'none yet']]
        : runs.map(
            ({ command, startedAtMs, endedAtMs, outcome, problems }): Fact => [
              iso(startedAtMs),
              [
                command,
                outcome ?? 'never ended',
                endedAtMs === undefined ? undefined : `${Math.round((endedAtMs - startedAtMs) / 1000)} s`,
                problems.length > 0 ? counted(problems) : undefined,
              ]
                .filter((part) => part !== undefined)
                .join(', '),
            ],
          ),
  };
}
