import type { OffsiteState } from '../../domain/offsite.ts';
import type { ServiceState } from '../../domain/service-state.ts';

/** Undefined where this service makes no off-site copies. */
export function offsiteOf(state: ServiceState & { readonly offsite?: OffsiteState | undefined }): OffsiteState | undefined {
  return state.offsite;
}
