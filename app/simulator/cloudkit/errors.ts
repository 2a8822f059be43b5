import type { Answer } from '../http/answer.ts';
import { type Chosen, isChosen } from './lies.ts';
import type { WireRecord } from './wire-context.ts';

/** An error as the photo database words it (photos.md §14.1). */
export interface CloudKitError {
  readonly serverErrorCode: string;
  readonly reason: string;
}

/** Thrown by the parts of one request; becomes the whole answer. */
export class CloudKitProblem extends Error {
  override readonly name = 'CloudKitProblem';
  readonly status: number;
  readonly error: CloudKitError;
  constructor(status: number, serverErrorCode: string, reason: string) {
    super(reason);
    this.status = status;
    this.error = { serverErrorCode, reason };
  }
}

export const badRequest = (reason: string) => new CloudKitProblem(400, 'BAD_REQUEST', reason);
export const zoneNotFound = (name: string) => new CloudKitProblem(404, 'ZONE_NOT_FOUND', `Zone ${name} does not exist`);

export function problemAnswer({ status, error }: CloudKitProblem): Answer {
  // Under HTTP 200 code and reason stand alone (photos.md §14.1).
  const more = status === 200 ? {} : { errorClass: error.serverErrorCode, error: error.serverErrorCode };
  return { status, body: { ...error, ...more } };
}

/** An album query where there is no album index (photos.md §3.2). */
export const INVALID_INDEX = 'Index has invalid data';

/** Error entries in place of the chosen records (photos.md §14.1). */
export function withErrors(records: readonly WireRecord[], chosen: Chosen): readonly WireRecord[] {
  return records.map((record) => {
    const { recordName } = record;
    return isChosen(chosen, recordName)
      ? { recordName, serverErrorCode: 'INTERNAL_ERROR', reason: 'the record could not be read' }
      : record;
  });
}
