// Runs the checks of the image; scripts/test-image prepares what they need. First argument: a part of the names to run only those.
import { writeFileSync } from 'node:fs';
import { IMAGE, dock, id, SIMULATOR_IMAGE } from './containers.mjs';
import { runChecks } from './harness.mjs';
import './service-checks.mjs';
import './start-checks.mjs';

const result = await runChecks({ atOnce: Number(process.env.AT_ONCE ?? 8), only: process.argv[2] });
if (process.argv[2] === undefined) await figures();
if (process.env.IMAGE_RESULT) writeFileSync(process.env.IMAGE_RESULT, `${result.passed} ${result.failed}\n`);
console.log(`${result.passed} passed, ${result.failed} failed`);
process.exitCode = result.failed === 0 ? 0 : 1;

/** Size, time to healthy and memory, with nothing else going on. */
async function figures() {
  const megabytes = Math.round(Number(await dock('inspect', '-f', '{{.Size}}', IMAGE)) / 1e6);
  const name = id('figures');
  const icloud = id('icloud');
  try {
    await dock('run', '-d', '--name', icloud, '--network', process.env.NETWORK, SIMULATOR_IMAGE);
    const startedAt = Date.now();
    await dock('run', '-d', '--name', name, '--network', process.env.NETWORK, '-e', `ICLOUD_TEST_SERVER=http://${icloud}:8181`, '-e', 'APPLE_ID_USER=tester@example.com', '-e', 'APPLE_ID_PWD=Correct-Horse-7-Battery', IMAGE);
    while ((await dock('exec', name, 'sh', '-c', 'healthcheck || true')) !== 'waiting') if (Date.now() - startedAt > 30_000) throw new Error('not healthy');
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    await new Promise((done) => setTimeout(done, 5000));
    const memory = await dock('stats', '--no-stream', '--format', '{{.MemUsage}}', name);
    console.log(`Image ${megabytes} MB; ${seconds} s from docker run to healthy; ${memory.split(' / ')[0]} in memory when idle.`);
  } catch (error) {
    console.log(`No figures: ${error.message}`);
  } finally {
    await dock('rm', '-fv', name, icloud).catch(() => undefined);
  }
}
