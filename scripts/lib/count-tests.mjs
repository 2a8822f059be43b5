// Prints "passed failed not-run" of a vitest JSON report. A report that is missing or empty counts as one failure.
import { readFileSync } from 'node:fs';

let report;
try {
  report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
} catch {
  report = undefined;
}
const tests = report?.testResults?.flatMap((file) => file.assertionResults) ?? [];
const skipped = tests.filter((test) => test.status !== 'passed' && test.status !== 'failed');
const notRun = skipped.filter((test) => test.title.includes('NOT RUN')).length;
for (const test of skipped) if (!test.title.includes('NOT RUN')) console.error(`Skipped: ${test.fullName}`);
// A file that could not be loaded has no tests in it and has failed all the same.
const brokenFiles = report?.testResults?.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length ?? 0;
const passed = tests.filter((test) => test.status === 'passed').length;
const failed = tests.filter((test) => test.status === 'failed').length + brokenFiles + (passed === 0 ? 1 : 0);
console.log(`${passed} ${failed} ${notRun}`);
