/** A strict reader of InfluxDB's line protocol, one line at a time: throws at whatever the protocol does not allow. */
export interface InfluxPoint {
  readonly measurement: string;
  readonly fields: Readonly<Record<string, string | number | bigint | boolean>>;
  /** Nanoseconds. */
  readonly time: bigint;
}

const LINE = /^((?:[^,= \\]|\\[,= \\])+)((?:,(?:[^,= \\]|\\[,= \\])+=(?:[^,= \\]|\\[,= \\])+)*) (.+) (-?\d+)$/s;
const FIELD = /((?:[^,= \\"]|\\[,= \\])+)=("(?:[^"\\]|\\["\\])*"|-?\d+i|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false)(,|$)/y;

export function parseInfluxLine(line: string): InfluxPoint {
  if (/[\r\n]/.test(line)) throw new Error(`A break inside a line: ${JSON.stringify(line)}`);
  const [, measurement = '', , fieldText = '', time = ''] = LINE.exec(line) ?? refuse(line);
  const fields: Record<string, string | number | bigint | boolean> = {};
  FIELD.lastIndex = 0;
  while (FIELD.lastIndex < fieldText.length) {
    const [, name = '', value = ''] = FIELD.exec(fieldText) ?? refuse(line);
    if (name in fields) throw new Error(`The field ${name} twice: ${line}`);
    fields[name] = unquoted(value);
  }
  if (Object.keys(fields).length === 0) refuse(line);
  return { measurement, fields, time: BigInt(time) };
}

function unquoted(text: string): string | number | bigint | boolean {
  if (text.startsWith('"')) return text.slice(1, -1).replace(/\\(.)/g, '$1');
  if (text.endsWith('i')) return BigInt(text.slice(0, -1));
  return text === 'true' || text === 'false' ? text === 'true' : Number(text);
}

function refuse(line: string): never {
  throw new Error(`Not a line of the protocol: ${line}`);
}
