import type { Answer } from '../http/answer.ts';

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
  return { status, body: { ...error, errorClass: error.serverErrorCode, error: error.serverErrorCode } };
}
