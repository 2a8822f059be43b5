import type { RequestHandler } from 'express';
import type { MetricsPage } from '../../ports/monitoring.ts';

/** For Prometheus and what reads like it; docs/metrics.md lists the names. */
export function showMetrics({ contentType, text }: MetricsPage): RequestHandler {
  return async (_request, response) => {
    const body = await text();
    response.set({ 'Cache-Control': 'no-store', 'Content-Type': contentType }).send(body);
  };
}
