import type { LogEntry, MonitoringDoors } from '../../../src/ports/monitoring.ts';
import type { PushSubscription } from '../../../src/ports/push-desk.ts';

/** Keys of a browser, as good as real ones: the point is on the curve. */
export const SUBSCRIPTION: PushSubscription = {
  endpoint: 'https://push.example.com/send/abc',
  keys: {
    p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  },
};

/** Doors to what watches the service; remembers which browsers came and went. */
export function fakeMonitoring(asked: string[] = []) {
  const entries: LogEntry[] = [];
  const monitoring: MonitoringDoors = {
    metrics: { contentType: 'text/plain; version=0.0.4; charset=utf-8', text: async () => '# nothing\n' },
    push: () => ({
      publicKey: 'BPublicKey',
      subscribe: async ({ endpoint }) => void asked.push(`subscribe ${endpoint}`),
      async unsubscribe(endpoint) {
        asked.push(`unsubscribe ${endpoint}`);
        return endpoint === SUBSCRIPTION.endpoint;
      },
    }),
    entries: () => entries,
  };
  return { monitoring, entries, asked };
}
