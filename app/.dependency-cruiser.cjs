/** Who may import whom: docs/architecture.md explains each rule. Run by scripts/check, which also fails when nothing was cruised. */
const at = (layer) => `^src/${layer}/`;
const mayOnlySee = (layer, seen, reason) => ({
  name: `${layer.replace('/', '-')}-looks-down`,
  comment: reason,
  severity: 'error',
  from: { path: at(layer) },
  to: { path: '^src/', pathNot: [layer, ...seen].map(at) },
});
/** A package has one door, so that its quirks live in one place. */
const oneDoor = (name, pattern, doors) => ({
  name: `${name}-door`,
  severity: 'error',
  from: { path: '^src/', pathNot: doors },
  to: { path: `^node_modules/${pattern}/` },
});
module.exports = {
  forbidden: [
    mayOnlySee('domain', [], 'domain is pure: it decides, it does not act'),
    mayOnlySee('ports', ['domain'], 'ports are promises about domain values'),
    mayOnlySee('engine', ['domain', 'ports'], 'the engine acts through ports only'),
    mayOnlySee('adapters', ['domain', 'ports'], 'adapters keep the promises of ports'),
    mayOnlySee('config', ['domain'], 'settings are values; everyone else receives plain values'),
    mayOnlySee('web', ['domain', 'ports', 'engine'], 'a door over the engine'),
    mayOnlySee('service', ['domain', 'ports', 'engine'], 'a door over the engine that stays open'),
    mayOnlySee('cli', ['domain', 'ports', 'engine', 'config'], 'a door over the engine'),
    {
      name: 'compose-is-the-top',
      comment: 'only main.ts starts the wiring',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(compose/|main\\.ts$)' },
      to: { path: '^src/compose/' },
    },
    { name: 'pure-domain', severity: 'error', from: { path: at('domain') }, to: { dependencyTypes: ['core', 'npm', 'npm-dev'] } },
    { name: 'ports-are-types', severity: 'error', from: { path: at('ports') }, to: { dependencyTypes: ['npm', 'npm-dev'] } },
    {
      name: 'adapters-apart',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/adapters/', pathNot: ['^src/adapters/$1/', '^src/adapters/http/'] },
    },
    {
      name: 'simulator-apart',
      comment: 'client and simulator must not share one misunderstanding',
      severity: 'error',
      from: { path: '^simulator/' },
      to: { path: '^src/', pathNot: '^src/domain/' },
    },
    { name: 'product-alone', severity: 'error', from: { path: '^src/' }, to: { path: '^(simulator|test|bench)/' } },
    {
      name: 'no-dev-packages',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    oneDoor('got', 'got', ['^src/adapters/http/']),
    oneDoor('bottleneck', 'bottleneck', ['^src/adapters/icloud/']),
    oneDoor('tough-cookie', 'tough-cookie', ['^src/adapters/(http|icloud)/']),
    oneDoor('srp', '@foxt/js-srp', ['^src/adapters/icloud/']),
    oneDoor('fs-extra', 'fs-extra', ['^src/adapters/disk/']),
    oneDoor('winston', 'winston', ['^src/adapters/log/']),
    oneDoor('express', 'express', ['^src/web/']),
    oneDoor('node-cron', 'node-cron', ['^src/service/']),
    oneDoor('dotenv', 'dotenv', ['^src/config/']),
    oneDoor('commander', 'commander', ['^src/cli/']),
    oneDoor('cli-progress', 'cli-progress', ['^src/cli/']),
    { name: 'all-resolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, path: '^src/' }, to: {} },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
