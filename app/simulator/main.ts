import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import type { AccountSpec } from './auth/account-spec.ts';
import { ruleFrom } from './http/side-door.ts';
import type { LibrarySpec } from './library.ts';
import { type SimulatorOptions, startSimulator } from './simulator.ts';

const HELP = `Usage: node simulator/main.ts [options]
  --port <n>             default: any free port     --host <address>       default: 127.0.0.1
  --assets <n>           default: 60                --seed <n>             default: 1
  --photos bytes|real    default: bytes             --mean-bytes <n>       default: 20000
  --albums <n>           default: assets / 40       --mix everything|plain|museum
  --order masters-first|asset-first|split           --shared-library owner|participant|none
  --latency <ms>         added to every answer      --bytes-per-second <n> of all downloads together
  --fault <json>         a rule such as {"on":"query","fault":"throttled","skip":2}; may be repeated
  --lies <json>          such as {"listsEndEarly":250,"countsAgree":true}
  --code-answer 204|409-with-token|409-without-token
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

function parsed(option: string, value: string | undefined): unknown {
  if (value === undefined) return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return stopWith(`--${option} needs JSON, not ${value}`);
  }
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
    'order',
    'shared-library',
    'latency',
    'bytes-per-second',
    'lies',
    'apple-id',
    'password',
    'code-answer',
    'tls-key',
    'tls-cert',
  ];
  const { values } = parseArgs({
    args,
    options: {
      ...Object.fromEntries(names.map((name) => [name, TEXT])),
      fault: { type: 'string', multiple: true },
      help: { type: 'boolean' },
    },
  });
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
    ...given<SimulatorOptions>({
      port: number('port'),
      host: text('host'),
      latencyMs: number('latency'),
      bytesPerSecond: number('bytes-per-second'),
      lies: parsed('lies', text('lies')) as SimulatorOptions['lies'],
    }),
    faults: (values.fault ?? []).map((rule) => ruleFrom(parsed('fault', rule))),
    ...(key === undefined || cert === undefined ? {} : { tls: { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') } }),
    library: {
      assets: number('assets') ?? (text('mix') === 'museum' ? 0 : 60),
      seed: number('seed') ?? 1,
      ...given<LibrarySpec>({
        photos: oneOf('photos', text('photos'), ['bytes', 'real']),
        meanBytes: number('mean-bytes'),
        albums: number('albums'),
        mix: oneOf('mix', text('mix'), ['plain', 'everything', 'museum']),
        order: oneOf('order', text('order'), ['masters-first', 'asset-first', 'split']),
        sharedLibraryRole: oneOf('shared-library', text('shared-library'), ['owner', 'participant', 'none']),
      }),
    },
    account: given<AccountSpec>({
      appleId: text('apple-id'),
      password: text('password'),
      codeAnswer: oneOf('code-answer', text('code-answer'), ['204', '409-with-token', '409-without-token']),
    }),
  };
}

/** A word that is no option of ours is said so and ends with 3, not with a stack. */
function optionsOrStop(): ReturnType<typeof readOptions> {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    return stopWith(error instanceof Error ? error.message : String(error));
  }
}

// Several threads that sweep up after each page save little time and cost CPU that the program next to it needs.
setFlagsFromString('--no-parallel-scavenge');
const options = optionsOrStop();
const simulator = await startSimulator(options).catch((error: unknown) => stopWith(String(error)));
simulator.onCode((code) => print(`The simulated iPhone shows the code ${code}`));
const stop = () => void simulator.close().then(() => process.exit(0));
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
print(JSON.stringify({ address: simulator.address, appleId: simulator.account.appleId, assets: options.library.assets }));
