import { join } from 'node:path';
import { knownAppleIds } from '../adapters/catalog/open-catalog.ts';
import { shownAs } from '../adapters/offsite/location.ts';
import { targetsOf } from '../config/offsite-target-settings.ts';
import { offsiteJson, renderOffsite } from '../domain/offsite.ts';
import { Problem } from '../domain/problem.ts';
import { renderStatus, statusJson } from '../domain/render.ts';
import { exitCodeOf, isPersonNeeded } from '../domain/run-report.ts';
import { forecastTrust, trustSentence } from '../domain/trust-forecast.ts';
import { offsiteState } from '../service/library-commands/off-site.ts';
import type { CommandContext } from './context.ts';
import { nextOffsiteWork } from './offsite-chores.ts';
import { readTrustedAt } from './open-account.ts';
import { openCatalogForStatus } from './open-library-app.ts';

/** Without a daemon the catalog alone answers; it needs neither lock nor network. */
export async function showStatus({ settings, invocation, print, clock }: CommandContext): Promise<number> {
  const appleId = settings.username ?? knownAppleIds(join(settings.configDir, 'catalog.sqlite'))[0];
  const catalog = appleId === undefined ? undefined : await openCatalogForStatus(settings, appleId);
  if (!catalog || appleId === undefined)
    throw new Problem('volume-missing', `There is no backup at ${settings.dataDir} yet. Run \`icloud-photos-sync sync\` first.`);
  try {
    const coverage = catalog.coverage();
    const holdings = catalog.holdings();
    const lastRun = catalog.lastRun();
    const trust = forecastTrust(await readTrustedAt(settings, appleId), clock.now());
    const targets = targetsOf(settings).map(({ name, engine, repository }) => ({ name, engine, shownAs: shownAs(repository) }));
    const offsite =
      targets.length === 0 ? undefined : offsiteState({ targets, catalog, clock, next: nextOffsiteWork(settings) }, undefined);
    if (invocation.json)
      print(
        JSON.stringify(
          { ...statusJson(coverage, lastRun, holdings), offsite: offsite ? offsiteJson(offsite) : null, trustDaysLeft: trust?.daysLeft },
          null,
          2,
        ),
      );
    else
      print(
        [
          renderStatus(coverage, lastRun, holdings),
          ...(offsite ? ['', renderOffsite(offsite)] : []),
          ...(trust ? ['', trustSentence(trust)] : []),
        ].join('\n'),
      );
    if (lastRun && isPersonNeeded(lastRun, coverage.held)) return exitCodeOf('needs-person');
    return exitCodeOf(coverage.complete && coverage.intact ? 'complete' : 'incomplete');
  } finally {
    catalog.close();
  }
}
