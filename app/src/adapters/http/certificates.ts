import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/**
 * Node's own list, NODE_EXTRA_CA_CERTS and the system's store: a home network's own authority works without a setting. Holds
 * for the thread that calls it.
 */
export function trustSystemCertificates(): void {
  const system = getCACertificates('system');
  if (system.length > 0) setDefaultCACertificates([...new Set([...getCACertificates('default'), ...system])]);
}
