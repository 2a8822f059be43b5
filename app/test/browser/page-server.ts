import { onTestFinished } from 'vitest';
import type { ServiceState } from '../../src/domain/service-state.ts';
import type { LibraryDoor } from '../../src/ports/library-door.ts';
import { openWeb, type WebOptions } from '../../src/web/server.ts';
import { fakeService } from '../contract/web/fake-service.ts';
import { fakeDesk, fakeLog, WITH_LOGIN } from '../contract/web/web-server.ts';

export const PAGE_PASSWORD = WITH_LOGIN.password ?? '';

/** The real page over a real port, with a service whose state the test sets. */
export async function servePage(door: LibraryDoor | undefined, change: Partial<ServiceState> = {}, options: Partial<WebOptions> = {}) {
  const fake = fakeService(change);
  const desk = fakeDesk();
  const { log, lines } = fakeLog();
  const web = await openWeb({
    port: 0,
    host: '127.0.0.1',
    basePath: '',
    desk: desk.desk,
    gate: WITH_LOGIN,
    log,
    service: fake.service,
    library: () => door,
    ...options,
  });
  if (web === undefined) throw new Error(lines.join('; '));
  onTestFinished(() => web.close());
  return { ...fake, ...desk, lines, close: web.close, address: `http://localhost:${web.port}${options.basePath ?? ''}` };
}
