import { z } from 'zod';
import { plural } from '../../domain/format.ts';
import type { Catalog } from '../../ports/catalog.ts';
import type { LibraryCommand } from '../library-command.ts';

const Args = z.object({ path: z.string().min(1).optional() });

/** `retry [path]`: what could not be fetched is due again at once, what was set aside too. */
export function retryCommand({ catalog }: { readonly catalog: Pick<Catalog, 'retryTodo'> }): LibraryCommand {
  return {
    name: 'retry',
    runs: 'beside',
    async run(args, io) {
      const { path } = Args.parse(args);
      const count = catalog.retryTodo(path?.replace(/^\.\//, '').replace(/\/$/, ''));
      if (io.json) io.out(`${JSON.stringify({ schema: 1, files: count })}\n`);
      else if (count > 0) io.out(`The next sync tries ${plural(count, 'file')} again. To begin at once: icloud-photos-sync sync\n`);
      else
        io.out(
          path === undefined
            ? 'Nothing on the to-do list has failed.\n'
            : `Nothing that has failed lies at ${path} or below it. Paths are those that \`status\` names.\n`,
        );
      return 0;
    },
  };
}
