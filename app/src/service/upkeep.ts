import { Problem } from '../domain/problem.ts';
import type { Home } from './home.ts';
import { commandMap } from './library-command.ts';

/**
 * A home that does quiet work between its runs, reading stored files again for instance. The work begins when the service says
 * that nothing else is to be done, and whatever comes next ends it first: nobody waits for more than one block of bytes.
 */
export function withUpkeep(home: Omit<Home, 'upkeep'>, work: (signal: AbortSignal) => Promise<void>): Home {
  let going: { readonly controller: AbortController; readonly done: Promise<void> } | undefined;

  async function end(): Promise<void> {
    going?.controller.abort(new Problem('interrupted', 'Something else is to be done.'));
    await going?.done;
  }
  const afterwards = async <T>(next: () => Promise<T>): Promise<T> => {
    await end();
    return next();
  };

  return {
    ...home,
    upkeep() {
      if (going) return;
      const controller = new AbortController();
      const done = work(AbortSignal.any([controller.signal, home.lost]))
        .catch(() => undefined) // each kind of work tells of its own failures
        .finally(() => {
          going = undefined;
        });
      going = { controller, done };
    },
    sync: (wish, hooks, signal) => afterwards(() => home.sync(wish, hooks, signal)),
    plan: (wish, signal) => afterwards(() => home.plan(wish, signal)),
    signIn: (wish, signal) => afterwards(() => home.signIn(wish, signal)),
    commands: commandMap(
      [...home.commands.values()].map((command) =>
        command.runs === 'beside' ? command : { ...command, run: (args, io) => afterwards(() => command.run(args, io)) },
      ),
    ),
    close: () => afterwards(() => home.close()),
  };
}
