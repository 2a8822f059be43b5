import { expect } from 'vitest';
import type { ServiceState } from '../../../src/domain/service-state.ts';
import type { WebOptions } from '../../../src/web/server.ts';
import { fakeService, NOW } from './fake-service.ts';
import { basic, PASSWORD, startWeb, WITH_LOGIN } from './web-server.ts';

export const OWNER = { Authorization: basic(PASSWORD) };
export const BROWSER = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

/** A web port with a service behind it; `page` is what its owner sees. */
export async function startPage(change: Partial<ServiceState> = {}, options: Partial<WebOptions> & { waiting?: boolean } = {}) {
  const fake = fakeService(change);
  const web = await startWeb({ gate: WITH_LOGIN, service: fake.service, epochMs: () => NOW, ...options });
  const page = async (path = '/') => {
    const { status, body } = await web.ask(path, { headers: OWNER });
    expect(status).toBe(200);
    return String(body);
  };
  return { ...web, ...fake, page };
}
