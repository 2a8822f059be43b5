import { describe, expect, it } from 'vitest';
import { runArchive } from '../../../src/compose/archive-command.ts';
import type { CommandContext } from '../../../src/compose/context.ts';

/** A terminal, or none, and somebody who answers. */
async function typed(args: Record<string, unknown>, { answer, remoteDelete = true }: { answer?: string; remoteDelete?: boolean } = {}) {
  const carriedOut: Readonly<Record<string, unknown>>[] = [];
  let asked = 0;
  const context = {
    settings: { remoteDelete },
    invocation: { command: 'archive', args, json: false, flags: {} },
    signal: new AbortController().signal,
    print: () => undefined,
    terminal: {
      interactive: answer !== undefined,
      ask: async () => {
        asked += 1;
        return answer ?? '';
      },
    },
  } as unknown as CommandContext;
  const exitCode = await runArchive(context, async ({ invocation }) => {
    carriedOut.push(invocation.args);
    return 0;
  });
  return { exitCode, asked, carriedOut };
}

describe('archive with a delete in iCloud, typed in a terminal', () => {
  it('shows the plan, asks, and goes on after a yes', async () => {
    const { exitCode, carriedOut } = await typed({ album: 'Rome' }, { answer: ' Yes ' });
    expect(exitCode).toBe(0);
    expect(carriedOut).toEqual([
      { album: 'Rome', remoteDelete: true, dryRun: true },
      { album: 'Rome', remoteDelete: true, yes: true },
    ]);
  });

  it('does nothing after anything else', async () => {
    expect(await typed({ album: 'Rome' }, { answer: 'y' })).toMatchObject({ exitCode: 3, asked: 1, carriedOut: [{ dryRun: true }] });
  });

  it.each([
    ['--yes was said', { album: 'Rome', yes: true }, true],
    ['only the plan is wanted', { album: 'Rome', dryRun: true }, true],
    ['nothing is to be deleted', { album: 'Rome' }, false],
    ['something is brought back', { undo: '1' }, true],
  ])('asks nothing when %s', async (_when, args, remoteDelete) => {
    const { asked, carriedOut } = await typed(args, { answer: 'yes', remoteDelete });
    expect({ asked, carriedOut }).toEqual({ asked: 0, carriedOut: [{ ...args, remoteDelete }] });
  });

  it('asks nothing without a terminal: the command itself then ends with the plan', async () => {
    expect(await typed({ album: 'Rome' })).toMatchObject({ asked: 0, carriedOut: [{ album: 'Rome', remoteDelete: true }] });
  });
});
