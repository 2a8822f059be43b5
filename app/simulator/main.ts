import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { AccountSpec } from './auth/account-spec.ts';
import type { LibrarySpec } from './library.ts';
import { type SimulatorOptions, startSimulator } from './simulator.ts';

const HELP = `Usage: node simulator/main.ts [options]
  --port <n>             default: any free port     --host <address>       default: 127.0.0.1
  --assets <n>           default: 60                --seed <n>             default: 1
  --photos bytes|real    default: bytes             --mean-bytes <n>       default: 20000
  --albums <n>           default: assets / 40       --mix everything|plain
  --latency <ms>         added to every answer      --code-answer 204|409-with-token|409-without-token
  --apple-id <id>        default: tester@example.com
  --password <text>      default: Correct-Horse-7-Battery
  --tls-key <file> --tls-cert <file>
`;

const print = (line: string) => process.stdout.write(`${line}\n`);

function stopWith(message: string): never {
  process.stderr.write(`${message}\n\n${HELP}`);
  process.exit(3);
}

function oneOf<T extends string>(option: string, value: string | undefined, allowed: readonly T[]): T | undefined {
  if (value === undefined) return undefined;
  return allowed.find((known) => known === value) ?? stopWith(`--${option} is ${allowed.join(' or ')}, not "${value}"`);
}

function wholeNumber(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  return /^\d+$/.test(value) ? Number(value) : stopWith(`--${option} needs a whole number, not "${value}"`);
}

/** Leaves out what was not given, so that the defaults stand. */
function given<T extends object>(values: { [K in keyof T]?: T[K] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}

const TEXT = { type: 'string' } as const;
function readOptions(args: string[]): SimulatorOptions & { readonly library: LibrarySpec } {
  const names = [
    'port',
    'host',
    'assets',
    'seed',
    'photos',
    'mean-bytes',
    'albums',
    'mix',
    'latency',
    'apple-id',
    'password',
    'code-answer',
    'tls-key',
    'tls-cert',
  ];
  const { values } = parseArgs({ args, options: { ...Object.fromEntries(names.map((name) => [name, TEXT])), help: { type: 'boolean' } } });
  const text = (name: string) => {
    const value: unknown = (values as Record<string, unknown>)[name];
    return typeof value === 'string' ? value : undefined;
  };
  if (values.help === true) {
    process.stdout.write(HELP);
    process.exit(0);
  }
  const number = (name: string) => wholeNumber(name, text(name));
  const [key, cert] = [text('tls-key'), text('tls-cert')];
  if ((key === undefined) !== (cert === undefined)) stopWith('--tls-key and --tls-cert belong together');
  return {
    ...given<SimulatorOptions>({ port: number('port'), host: text('host'), latencyMs: number('latency') }),
    ...(key === undefined || cert === undefined ? {} : { tls: { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') } }),
    library: {
      assets: number('assets') ?? 60,
      seed: number('seed') ?? 1,
      ...given<LibrarySpec>({
        photos: oneOf('photos', text('photos'), ['bytes', 'real']),
        meanBytes: number('mean-bytes'),
        albums: number('albums'),
        mix: oneOf('mix', text('mix'), ['plain', 'everything']),
      }),
    },
    account: given<AccountSpec>({
      appleId: text('apple-id'),
      password: text('password'),
      codeAnswer: oneOf('code-answer', text('code-answer'), ['204', '409-with-token', '409-without-token']),
    }),
  };
}

const options = readOptions(process.argv.slice(2));
const simulator = await startSimulator(options);
simulator.onCode((code) => print(`The simulated iPhone shows the code ${code}`));
print(JSON.stringify({ address: simulator.address, appleId: simulator.account.appleId, assets: options.library.assets }));
const stop = () => void simulator.close().then(() => process.exit(0));
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
