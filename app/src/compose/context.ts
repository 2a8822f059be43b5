import type { Invocation } from '../cli/program.ts';
import type { ProgressDisplay } from '../cli/progress-bar.ts';
import type { Terminal } from '../cli/terminal.ts';
import type { Settings } from '../config/settings.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { controlSocketPath, runtimeDirOf } from '../service/control-socket.ts';
import type { GateSettings } from '../web/gate.ts';

/** What every command gets from main: settings, ways to speak, time. */
export interface CommandContext {
  readonly settings: Settings;
  readonly invocation: Invocation;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The logger; lines wait in memory until the state folder exists. */
  readonly openLog: () => Log;
  readonly addSecret: (secret: string) => void;
  readonly redact: (text: string) => string;
  readonly terminal: Terminal;
  readonly display: ProgressDisplay;
  /** Standard output, for what was asked for. */
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
  readonly notices: readonly string[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** A defect of this program came to light: keeps a report of it where the owner wants one. */
  readonly onDefect?: ((error: unknown) => Promise<void>) | undefined;
}

export function socketOf(settings: Settings, env: CommandContext['env']): string {
  return controlSocketPath({ libraryRoot: settings.dataDir, configDir: settings.configDir, runtimeDir: runtimeDirOf(env) });
}

export function gateOf(settings: Settings): GateSettings {
  return {
    password: settings.webPassword,
    token: settings.webToken,
    allowedHosts: [...settings.webAllowedHosts, ...hostOf(settings.webUrl)],
    trustedProxies: settings.webTrustedProxies,
    readOnly: settings.webReadOnly,
  };
}

/** The owner has said under which name the page is reached. */
function hostOf(webUrl: string | undefined): readonly string[] {
  return webUrl === undefined ? [] : [new URL(webUrl).hostname.replace(/^\[(.*)\]$/, '$1')];
}
