/**
 * A strict reader of Prometheus' text format (exposition format 0.0.4): throws at the first line that the format, or the
 * naming rules that `promtool check metrics` applies, would not allow.
 */
export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y;
const NUMBER = /^(?:[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?|NaN|[+-]Inf)$/;
/** Units that have to be given in their base form (seconds, bytes). */
const WRONG_UNITS = /_(?:milliseconds|minutes|hours|days|weeks|kilobytes|megabytes|gigabytes|percent)(?:_|$)/;

export function parsePrometheus(text: string): readonly ParsedSample[] {
  if (!text.endsWith('\n')) throw new Error('The last line has no end.');
  const helps = new Map<string, string>();
  const types = new Map<string, string>();
  const samples: ParsedSample[] = [];
  const seen = new Set<string>();
  let group = '';
  for (const [index, line] of text.slice(0, -1).split('\n').entries()) {
    const fail = (why: string): never => {
      throw new Error(`Line ${index + 1}: ${why}: ${line}`);
    };
    const [, keyword, about = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (line === '') continue;
    if (keyword === undefined && line.startsWith('#')) fail('a comment that is none');
    if (keyword === 'HELP') {
      if (helps.has(about)) fail('a second HELP');
      helps.set(about, rest);
    } else if (keyword === 'TYPE') {
      if (types.has(about)) fail('a second TYPE');
      if (!helps.has(about)) fail('no HELP');
      if (!['counter', 'gauge'].includes(rest)) fail('an unknown type');
      types.set(about, rest);
      group = about;
      if ((rest === 'counter') !== about.endsWith('_total')) fail('counters, and only they, end in _total');
      if (WRONG_UNITS.test(about)) fail('not a base unit');
      if (/[A-Z]|__/.test(about)) fail('not in snake case');
    } else {
      const [, name = '', labelText = '', value = ''] = SAMPLE.exec(line) ?? fail('no sample');
      if (name !== group) fail('a sample outside its group');
      if (!NUMBER.test(value)) fail('not a number');
      const labels = labelsOf(labelText) ?? fail('labels that are none');
      const key = `${name} ${JSON.stringify(Object.entries(labels).sort())}`;
      if (seen.has(key)) fail('the same sample again');
      seen.add(key);
      samples.push({ name, labels, value: Number(value.replace('Inf', 'Infinity')) });
    }
  }
  return samples;
}

function labelsOf(text: string): Readonly<Record<string, string>> | undefined {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const match = LABEL.exec(text);
    if (!match) return undefined;
    labels[match[1] ?? ''] = (match[2] ?? '').replace(/\\(.)/g, (_, sign: string) => (sign === 'n' ? '\n' : sign));
  }
  return labels;
}
