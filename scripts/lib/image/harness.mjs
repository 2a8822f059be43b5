// Named checks of the built image, several at a time: most of their time is waiting. Prints one line each.
import { setTimeout as sleep } from 'node:timers/promises';

const checks = [];

/** One check. It gets `after`, which takes what has to be undone, last first. */
export function check(name, run) {
  checks.push({ name, run });
}

/** One that mostly waits for minutes: started before the others. */
export function longCheck(name, run) {
  checks.unshift({ name, run });
}

const SLOWEST_MS = 240_000;

/** Runs all of them; answers how many passed and failed. `only`: part of the names. */
export async function runChecks({ atOnce, only }) {
  const waiting = checks.filter(({ name }) => only === undefined || name.includes(only));
  const result = { passed: 0, failed: waiting.length === 0 ? 1 : 0 };
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const startedAt = Date.now();
      const failure = await outcome(next.run);
      const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
      result[failure === undefined ? 'passed' : 'failed']++;
      console.log(`${failure === undefined ? 'ok  ' : 'FAIL'} ${next.name} (${seconds} s)`);
      if (failure !== undefined) console.log(indented(failure));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return result;
}

/** Undefined when it passed, otherwise what to show. */
async function outcome(run) {
  const undo = [];
  const notes = [];
  const tooLong = new AbortController();
  try {
    await Promise.race([
      run({ after: (step) => undo.push(step), note: (text) => notes.push(text) }),
      sleep(SLOWEST_MS, undefined, { signal: tooLong.signal }).then(() => {
        throw new Error(`took longer than ${SLOWEST_MS / 1000} s`);
      }),
    ]);
    return undefined;
  } catch (error) {
    const more = await Promise.all(notes.map((note) => (typeof note === 'function' ? note().catch(String) : note)));
    return [error.stack ?? String(error), ...more].join('\n');
  } finally {
    tooLong.abort();
    for (const step of undo.reverse()) await step().catch(() => undefined);
  }
}

const indented = (text) => text.replace(/^/gm, '     ');

/** Asks again and again until the answer is a good one; the last bad one is the failure. */
export async function until(what, question, withinMs = 75_000, everyMs = 600) {
  const end = Date.now() + withinMs;
  let last;
  for (;;) {
    try {
      last = await question();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`${what}: not within ${withinMs / 1000} s (last: ${last instanceof Error ? last.message : JSON.stringify(last)})`);
    await sleep(everyMs);
  }
}
