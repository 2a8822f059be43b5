import { z } from 'zod';
import type { LibraryDoor } from '../ports/library-door.ts';
import type { Service } from '../ports/service.ts';

/** Removals that wait for the owner's word. */
export interface Hold {
  readonly items: number;
  /** Items that the library holds. */
  readonly library: number | undefined;
  /** Of some of them: where they lie, why they count as gone, and their rows. */
  readonly shown: readonly { readonly path: string; readonly because: string; readonly row: number | undefined }[];
}

/** One file in the trash. */
export interface TrashEntry {
  readonly path: string;
  readonly from: string;
  readonly because: string;
  readonly bytes: number;
  readonly trashedAtMs: number;
  readonly checksum: string | undefined;
}

/** An album that became a folder of real files. */
export interface ArchivedAlbum {
  readonly id: number;
  readonly name: string;
  readonly path: string;
  readonly files: number;
  readonly bytes: number;
  readonly archivedAtMs: number;
  readonly isComplete: boolean;
  /** Items that were deleted in iCloud for it, and have not been brought back. */
  readonly deleted: number;
  /** Infinity: not known. */
  readonly recoverableUntilMs: number;
}

export interface Trash {
  readonly files: number;
  readonly bytes: number;
  /** Newest first; not all of them when there are very many. */
  readonly shown: readonly TrashEntry[];
}

const count = z.number().nonnegative();
const HoldAnswer = z.object({
  items: count,
  library: count.optional(),
  shown: z.array(z.object({ path: z.string(), because: z.string() })),
});
const TrashAnswer = z.object({
  files: count,
  bytes: count,
  shown: z.array(
    z.object({ path: z.string(), from: z.string(), at: z.string(), because: z.string(), size: count, checksum: z.string().optional() }),
  ),
});
const ArchivesAnswer = z.object({
  archives: z.array(
    z.object({
      id: z.number(),
      name: z.string(),
      path: z.string(),
      files: count,
      bytes: count,
      archivedAtMs: z.number(),
      completeAtMs: z.number().optional(),
      deleted: z.array(z.object({ recoverableUntilMs: z.number().optional() })),
    }),
  ),
});

/** Commands that only look must not hold a page up for long. */
const LOOK_MS = 5_000;

/**
 * What commands of the service say in JSON, as values. Undefined: there is no such command, nothing to tell, or the answer
 * is of another version; the page then leaves that part out.
 */
export function libraryAnswers(service: Service) {
  const ask = async <T>(schema: z.ZodType<T>, name: string, args: Readonly<Record<string, unknown>> = {}): Promise<T | undefined> => {
    try {
      const answer = await service.command(name, { ...args, json: true }, AbortSignal.timeout(LOOK_MS));
      const parsed = answer === undefined ? undefined : schema.safeParse(JSON.parse(answer.out));
      return parsed?.data;
    } catch {
      return undefined;
    }
  };
  return {
    /** `all`: every item that is held, instead of the first few hundred. */
    async hold({ browse }: LibraryDoor, all = false): Promise<Hold | undefined> {
      const hold = await ask(HoldAnswer, 'hold show', all ? { all } : {});
      if (hold === undefined || hold.items === 0) return undefined;
      return { ...hold, library: hold.library, shown: hold.shown.map((one) => ({ ...one, row: browse.rowAt(one.path) })) };
    },
    async trash(): Promise<Trash | undefined> {
      const trash = await ask(TrashAnswer, 'trash list');
      const shown = trash?.shown.map(({ at, size, checksum, ...entry }) => ({
        ...entry,
        checksum,
        bytes: size,
        trashedAtMs: Date.parse(at),
      }));
      return trash && shown && { ...trash, shown: shown.toSorted((a, b) => b.trashedAtMs - a.trashedAtMs) };
    },
    /** Albums that were archived, newest first. */
    async archives(): Promise<readonly ArchivedAlbum[]> {
      const answer = await ask(ArchivesAnswer, 'archive list');
      const archives = answer?.archives.map(({ completeAtMs, deleted, ...archive }) => ({
        ...archive,
        isComplete: completeAtMs !== undefined,
        deleted: deleted.length,
        recoverableUntilMs: Math.min(...deleted.map(({ recoverableUntilMs }) => recoverableUntilMs ?? Number.POSITIVE_INFINITY)),
      }));
      return archives?.toSorted((a, b) => b.archivedAtMs - a.archivedAtMs) ?? [];
    },
  };
}

export type LibraryAnswers = ReturnType<typeof libraryAnswers>;
