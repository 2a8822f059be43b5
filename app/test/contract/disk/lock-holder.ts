import { once } from 'node:events';
import { takeLock } from '../../../src/adapters/disk/lock.ts';

/** A second process for the lock tests: takes the lock, says so, and holds it until its input ends. */
const [file = '', force = ''] = process.argv.slice(2);
try {
  const lock = await takeLock({ file, name: 'sync --from-a-test', force: force === 'force', signal: new AbortController().signal });
  process.stdout.write('held\n');
  process.stdin.resume();
  await once(process.stdin, 'end');
  await lock.release();
  process.stdout.write('released\n');
} catch (error) {
  process.stdout.write(`refused ${(error as { code?: string }).code}: ${(error as Error).message}\n`);
}
