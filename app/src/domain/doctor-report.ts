/** `good`: as it should be. `note`: worth knowing. `bad`: keeps backups from working, or endangers them. */
export type Verdict = 'good' | 'note' | 'bad';

export interface Check {
  readonly title: string;
  readonly verdict: Verdict;
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** What to do about it. */
  readonly advice?: string | undefined;
}

/** What doctor found: the same for text and JSON. Holds nothing that is not fit for a public issue. */
export interface DoctorReport {
  readonly schema: 1;
  /** ISO 8601, UTC. */
  readonly madeAt: string;
  readonly checks: readonly Check[];
}

const MARKS: Record<Verdict, string> = { good: '  ok', note: 'note', bad: ' BAD' };

export function renderDoctor({ madeAt, checks }: DoctorReport): string {
  const bad = checks.filter(({ verdict }) => verdict === 'bad').length;
  const width = Math.max(0, ...checks.flatMap(({ facts }) => facts.map(([name]) => name.length)));
  return [
    `icloud-photos-sync doctor, ${madeAt}`,
    'No account, no names of photos or albums, no folders and no secrets are in this report.',
    bad === 0 ? 'Nothing is wrong that can be seen from here.' : `${bad} ${bad === 1 ? 'thing' : 'things'} to put right, marked BAD.`,
    ...checks.flatMap(({ title, verdict, facts, advice }) => [
      '',
      `[${MARKS[verdict]}] ${title}`,
      ...facts.map(([name, value]) => `       ${name.padEnd(width)}  ${value}`),
      ...(advice === undefined ? [] : [`       → ${advice}`]),
    ]),
  ].join('\n');
}

/** A report with every text passed through what removes private data. */
export function scrubReport(report: DoctorReport, scrub: (text: string) => string): DoctorReport {
  return {
    ...report,
    checks: report.checks.map(({ title, verdict, facts, advice }) => ({
      title,
      verdict,
      facts: facts.map(([name, value]) => [scrub(name), scrub(value)] as const),
      ...(advice === undefined ? {} : { advice: scrub(advice) }),
    })),
  };
}
