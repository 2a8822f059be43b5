import { oneOf } from './kinds.ts';
import { setting, toggle } from './setting.ts';

const group = 'output';

export const outputSettings = {
  logLevel: setting(oneOf('debug', 'info', 'warn', 'error').default('info'), {
    env: 'LOG_LEVEL',
    flag: '--log-level',
    short: '-l',
    placeholder: 'level',
    expects: 'debug, info, warn or error',
    help: 'How much goes into the log.',
    group,
  }),
  logFormat: setting(oneOf('text', 'json').default('text'), {
    env: 'LOG_FORMAT',
    flag: '--log-format',
    placeholder: 'format',
    expects: 'text or json',
    help: '`json`: every line on the terminal is a JSON object with `time`, `level` and `message`, for programs that collect logs.',
    group,
  }),
  silent: toggle({ env: 'SILENT', flag: '--silent', short: '-s', help: 'Nothing on the terminal.', group }),
  logToCli: toggle({ env: 'LOG_TO_CLI', flag: '--log-to-cli', help: 'The log goes to the terminal instead of the log file.', group }),
  suppressWarnings: toggle({
    env: 'SUPPRESS_WARNINGS',
    flag: '--suppress-warnings',
    help: 'Warnings only in the log, not on the terminal.',
    group,
  }),
  exportMetrics: toggle({
    env: 'EXPORT_METRICS',
    flag: '--export-metrics',
    help: 'Write metrics in the line protocol of InfluxDB to `.icloud-photos-sync.metrics` in `DATA_DIR`.',
    group,
  }),
  enableNetworkCapture: toggle({
    env: 'ENABLE_NETWORK_CAPTURE',
    flag: '--enable-network-capture',
    help: 'Write the requests for lists and sign-ins to `network.har` beside the log, in structure only: without passwords, tokens, names or addresses. For defect reports.',
    group,
  }),
  enableCrashReporting: toggle({
    env: 'ENABLE_CRASH_REPORTING',
    flag: '--enable-crash-reporting',
    help: 'After a crash of this program, write a report beside the log: what `doctor` says, where it happened, the end of the log without private data. Nothing is ever sent to anyone.',
    group,
  }),
};
