import { KEPT_REASONS, type KeptReason } from './archive-plan.ts';
import { formatBytes, formatCount, plural } from './format.ts';
import type { ProblemCount } from './run-report.ts';

export interface DeletedLine {
  readonly asset: string;
  readonly name: string;
  readonly bytes: number;
  /** Epoch ms. */
  readonly recoverableUntilMs: number | undefined;
}

export interface KeptLine {
  readonly asset: string;
  readonly name: string;
  readonly why: KeptReason;
  readonly detail?: string | undefined;
}

/** What was deleted in iCloud, or would be. */
export interface RemotePart {
  readonly deleted: readonly DeletedLine[];
  readonly bytes: number;
  readonly kept: readonly KeptLine[];
  /** Why nothing (more) was deleted: an off-site copy that is not there yet, a problem on the way. */
  readonly stopped: string | undefined;
}

/** One archived album. Text and JSON are renderings of it; it is kept in the state folder too. */
export interface ArchiveReport {
  /** Undefined for a plan of an album that is no archive yet. */
  readonly id: number | undefined;
  readonly album: string;
  /** Relative to the library. */
  readonly path: string;
  readonly plan: boolean;
  /** Every file is copied and was read back. */
  readonly complete: boolean;
  readonly files: number;
  readonly bytes: number;
  readonly problems: readonly ProblemCount[];
  readonly remote: RemotePart | undefined;
  /** Where this report lies as JSON. */
  readonly savedAs?: string | undefined;
}

const EXAMPLES = 5;

export function renderArchive(report: ArchiveReport): string {
  const { plan, files, bytes, path, remote } = report;
  const what = `${plural(files, 'file')} (${formatBytes(bytes)})`;
  const lines = [
    plan
      ? `${path}: ${what} would become real files and stay for good.`
      : report.complete
        ? `${path} is archived: ${what}, every one read back and compared.`
        : `${path} is not completely archived yet: ${what} so far. Run \`archive\` again to go on.`,
  ];
  for (const { examples, advice } of report.problems) lines.push(...examples.map((example) => `- ${example}`), `  ${advice}`);
  if (remote) lines.push(...renderRemote(report, remote));
  if (report.savedAs) lines.push(`Report: ${report.savedAs}`);
  return lines.join('\n');
}

function renderRemote({ id, plan }: ArchiveReport, { deleted, bytes, kept, stopped }: RemotePart): string[] {
  const lines: string[] = [];
  const amount = `${plural(deleted.length, 'item')} (${formatBytes(bytes)})`;
  if (plan) lines.push(`Would be deleted in iCloud once proven to be here: ${amount}.`);
  else if (deleted.length > 0 || !stopped) lines.push(`Deleted in iCloud: ${amount}.`);
  const first = Math.min(...deleted.map(({ recoverableUntilMs }) => recoverableUntilMs ?? Number.POSITIVE_INFINITY));
  if (!plan && Number.isFinite(first) && id !== undefined)
    lines.push(
      `They are in Recently Deleted until ${new Date(first).toISOString().slice(0, 10)}. To bring them back: icloud-photos-sync archive --undo ${id}`,
    );
  for (const [why, items] of Map.groupBy(kept, (item) => item.why)) {
    const names = items.slice(0, EXAMPLES).map(({ name, detail }) => (detail ? `${name} (${detail})` : name));
    lines.push(
      `Stay in iCloud, ${KEPT_REASONS[why]}: ${formatCount(items.length)} (${names.join(', ')}${items.length > EXAMPLES ? ' …' : ''})`,
    );
  }
  if (stopped) lines.push(`Nothing ${deleted.length > 0 ? 'more ' : ''}was deleted in iCloud: ${stopped}`);
  return lines;
}

export function archiveJson(reports: readonly ArchiveReport[]): object {
  return { schema: 1, archives: reports };
}
