import { plural } from '../domain/format.ts';
import type { RemoteDelete } from '../ports/archive-catalog.ts';
import { MOST_AT_ONCE } from '../ports/remote-deletion.ts';
import { personalZone, type SettleParts, settleOpenDeletes } from './remote-delete-settle.ts';

export interface UndoReport {
  readonly restored: readonly string[];
  /** What could not be brought back, with the reason. */
  readonly failed: readonly { readonly name: string; readonly why: string }[];
}

const PAUSE_MS = 1000;

/** Brings back from Recently Deleted what was deleted for an archive, as long as iCloud still has it there. */
export async function undoArchive(parts: SettleParts, archiveId: number, signal: AbortSignal): Promise<UndoReport> {
  const { catalog, clock } = parts;
  const zone = personalZone(catalog);
  await settleOpenDeletes(parts, zone, signal);
  const restored: string[] = [];
  const failed: { name: string; why: string }[] = [];
  const all = catalog.archive.deletedOf(archiveId);
  for (let start = 0; start < all.length; start += MOST_AT_ONCE) {
    if (start > 0) await clock.sleep(PAUSE_MS, signal);
    await undoBatch(parts, all.slice(start, start + MOST_AT_ONCE), restored, failed, signal);
  }
  return { restored, failed };
}

async function undoBatch(
  { catalog, remote, clock }: SettleParts,
  items: readonly RemoteDelete[],
  restored: string[],
  failed: { name: string; why: string }[],
  signal: AbortSignal,
): Promise<void> {
  const zone = personalZone(catalog);
  const look = async (some: readonly RemoteDelete[]) =>
    new Map(
      (
        await remote.look(
          zone,
          some.map(({ asset }) => ({ asset, master: asset })),
          undefined,
          signal,
        )
      ).map((now) => [now.asset, now]),
    );
  const done = (item: RemoteDelete) => {
    catalog.archive.endDelete(item.id, 'restored', undefined, undefined, clock.now());
    restored.push(item.name);
  };
  const before = await look(items);
  const wanted: { item: RemoteDelete; tag: string }[] = [];
  for (const item of items) {
    const now = before.get(item.asset);
    if (now?.state === 'deleted' && now.tag !== undefined) wanted.push({ item, tag: now.tag });
    else if (now?.state === 'gone') failed.push({ name: item.name, why: 'iCloud has removed it for good.' });
    else if (now !== undefined && now.tag !== undefined)
      done(item); // live: somebody brought it back already
    else failed.push({ name: item.name, why: 'iCloud gave no clear answer. Try again.' });
  }
  if (wanted.length === 0) return;
  const answers = new Map(
    (
      await remote.restore(
        zone,
        wanted.map(({ item, tag }) => ({ asset: item.asset, tag })),
        signal,
      )
    ).map((answer) => [answer.asset, answer]),
  );
  const after = await look(wanted.map(({ item }) => item));
  for (const { item } of wanted) {
    const answer = answers.get(item.asset);
    const now = after.get(item.asset);
    if (answer?.is === 'done' || (now !== undefined && now.state !== 'deleted' && now.state !== 'gone' && now.tag !== undefined))
      done(item);
    else failed.push({ name: item.name, why: answer?.is === 'refused' ? answer.detail : 'iCloud did not take it. Try again.' });
  }
}

export function renderUndo({ restored, failed }: UndoReport): string {
  const lines = [`${plural(restored.length, 'item')} brought back in iCloud. The next sync lists them again.`];
  for (const { name, why } of failed) lines.push(`- ${name}: ${why}`);
  return lines.join('\n');
}
