import { basename } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes minutes on a small machine. */
const LONG = ['thousand-days', 'removal', 'verify', 'feed', 'sign-in-situations', 'matrix', 'answers', 'story', 'acts'];

/** The longest first: none of them is left alone at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const index = LONG.indexOf(basename(moduleId, '.test.ts'));
      return index < 0 ? LONG.length : index;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

/** Suites follow the budget in docs/testing.md: unit and contract tests are quick, end-to-end tests drive the real program. */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 20_000 } },
      {
        test: {
          name: 'contract',
          include: ['test/contract/**/*.test.ts', 'test/recorded/**/*.test.ts', 'simulator/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      { test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], testTimeout: 180_000, hookTimeout: 120_000, maxWorkers: 2 } },
      // restic, Borg and rclone themselves: scripts/test-engines runs it where they are.
      {
        test: { name: 'engines', include: ['test/engines/**/*.test.ts'], testTimeout: 180_000, hookTimeout: 60_000, maxWorkers: 2 },
      },
      { test: { name: 'browser', include: ['test/browser/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 180_000, maxWorkers: 1 } },
      { test: { name: 'faults', include: ['test/faults/**/*.test.ts'], testTimeout: 240_000, hookTimeout: 120_000, maxWorkers: 2 } },
    ],
  },
});
