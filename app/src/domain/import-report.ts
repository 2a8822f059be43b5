import { formatBytes, formatCount, plural } from './format.ts';
import { type LeftLabel, TREE_NAMES, type TreeKind } from './import.ts';
import type { ProblemCount } from './run-report.ts';

export interface LeftGroup {
  readonly label: LeftLabel | 'unreadable';
  readonly count: number;
  readonly examples: readonly string[];
}

/** What an import did, or would do. Text and JSON are renderings of it. */
export interface ImportReport {
  readonly folder: string;
  readonly madeBy: TreeKind;
  readonly dryRun: boolean;
  /** Files met in the folder. */
  readonly met: number;
  /** Renditions brought into the library, by what was done; for a dry run, what would be. */
  readonly taken: Readonly<Record<'copy' | 'link' | 'move', number>>;
  readonly takenBytes: number;
  readonly byKind: Readonly<Record<string, number>>;
  /** Renditions that lay in the library's own trees and were recognised there. */
  readonly recognised: number;
  /** Files whose bytes are in the library already, twins of taken ones among them. */
  readonly alreadyHere: number;
  /** Files that were left where they are. */
  readonly left: readonly LeftGroup[];
  /** Renditions that iCloud shows and nobody has here: the next sync fetches them. */
  readonly missing: number;
  readonly missingBytes: number;
  readonly problems: readonly ProblemCount[];
  /** Where one line for each file stands; undefined for a dry run without any. */
  readonly journal: string | undefined;
}

const LABELS: Readonly<Record<LeftGroup['label'], string>> = {
  damaged: 'damaged: named after a photo of iCloud, but with other bytes. The next sync fetches the good ones',
  changed: 'changed by another program, so not what iCloud holds. The next sync fetches those',
  smaller: 'smaller versions of photos',
  converted: 'converted from photos of another type',
  'not-in-icloud': 'not in iCloud',
  unreadable: 'could not be read',
};

export function renderImport(report: ImportReport): string {
  const { taken, dryRun } = report;
  const total = taken.copy + taken.link + taken.move;
  const ways = (['copy', 'link', 'move'] as const).filter((how) => taken[how] > 0).map((how) => `${formatCount(taken[how])} ${PAST[how]}`);
  const lines = [
    `${report.folder}: ${plural(report.met, 'file')}, by its look a tree of ${TREE_NAMES[report.madeBy]}.`,
    dryRun
      ? `Would bring in ${plural(total, 'file')} (${formatBytes(report.takenBytes)}). Nothing was changed.`
      : `Brought in ${plural(total, 'file')} (${formatBytes(report.takenBytes)}) without a download${ways.length > 0 ? `: ${ways.join(', ')}` : ''}.`,
  ];
  if (report.recognised > 0) lines.push(`${plural(report.recognised, 'file')} recognised in the library itself.`);
  if (report.alreadyHere > 0) lines.push(`${plural(report.alreadyHere, 'file')} left because the library has those bytes already.`);
  for (const { label, count, examples } of report.left)
    lines.push(`${plural(count, 'file')} left, ${LABELS[label]}: ${examples.join(', ')}${count > examples.length ? ' …' : ''}`);
  for (const { count, examples, advice } of report.problems) lines.push(`${plural(count, 'problem')}: ${examples.join('; ')} ${advice}`);
  lines.push(whatIsLeft(report));
  if (report.journal) lines.push(`Every file is listed in ${report.journal}`);
  return lines.join('\n');
}

/** What a rebuild found. */
export interface RebuildReport {
  /** Renditions recognised in the trees. */
  readonly recognised: number;
  readonly byKind: Readonly<Record<string, number>>;
  /** Of these, given another name because theirs belongs to another photo or was none. */
  readonly renamed: number;
  /** Files that belong to no photo in iCloud. */
  readonly unknown: { readonly files: number; readonly bytes: number; readonly examples: readonly string[] };
  readonly missing: number;
  readonly missingBytes: number;
  readonly problems: readonly ProblemCount[];
}

export function renderRebuild(report: RebuildReport): string {
  const { unknown } = report;
  const lines = [`${plural(report.recognised, 'file')} recognised in the library. Nothing was downloaded, nothing removed.`];
  if (report.renamed > 0) lines.push(`${plural(report.renamed, 'file')} of these got the name that the layout gives.`);
  if (unknown.files > 0) lines.push(unknownNotice(unknown));
  for (const { count, examples, advice } of report.problems) lines.push(`${plural(count, 'problem')}: ${examples.join('; ')} ${advice}`);
  lines.push(whatIsLeft(report));
  return lines.join('\n');
}

export function rebuildJson(report: RebuildReport): object {
  return { schema: 1, ...report };
}

/** What nobody in iCloud answers to is named and left alone: perhaps it is only here. */
export function unknownNotice({ files, bytes, examples }: RebuildReport['unknown']): string {
  const one = files === 1;
  return `${plural(files, 'file')} (${formatBytes(bytes)}) in the library ${one ? 'belongs' : 'belong'} to no photo in iCloud, for instance ${examples.join(', ')}. Nothing is done to ${one ? 'it' : 'them'}.`;
}

/** Never "everything" where the list may be short. */
function whatIsLeft({ missing, missingBytes, problems }: Pick<ImportReport, 'missing' | 'missingBytes' | 'problems'>): string {
  if (missing > 0) return `${plural(missing, 'file')} (${formatBytes(missingBytes)}) still to be fetched by the next sync.`;
  return problems.length > 0 ? 'Nothing else is known to be missing.' : 'Everything iCloud shows is here.';
}

const PAST = { copy: 'copied', link: 'linked', move: 'moved' } as const;

export function importJson(report: ImportReport): object {
  return { schema: 1, ...report };
}
