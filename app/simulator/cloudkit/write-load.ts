import { CloudKitProblem } from './errors.ts';
import type { LieSwitches } from './lies.ts';

const OP_LOCK = 'Sync zone CAS Op-Lock failed. There was a concurrent write and this operation was rejected. Retry request...';

/** How much was written lately: many deletes in a row are answered with a refusal (photos.md §11). */
export class WriteLoad {
  /** Since the last refusal. */
  deletes = 0;
  #refusals = 0;

  /** Throws what the database answers when it is busy. */
  check({ deletesUntilBusy, busyTimes, busyWith }: LieSwitches): void {
    if (this.deletes < deletesUntilBusy) return;
    this.#refusals += 1;
    if (this.#refusals >= busyTimes) {
      this.#refusals = 0;
      this.deletes = 0;
    }
    throw busyWith === 503
      ? new CloudKitProblem(503, 'SERVICE_UNAVAILABLE', 'Service Unavailable')
      : new CloudKitProblem(200, 'TRY_AGAIN_LATER', OP_LOCK);
  }
}
