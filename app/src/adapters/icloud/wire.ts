import { z } from 'zod';

/**
 * CloudKit answers as far as they are used (photos.md §1.4, §14.1). `type` may be missing, unknown fields are kept, and
 * a record that does not fit is reported by itself instead of spoiling its page.
 */
export interface Field {
  readonly value?: unknown;
  readonly type?: unknown;
}

/**
 * Not looked into here: a page holds some ten thousand fields, and copying each cost a third of the listing's time and
 * garbage (measured 2026-11). Every accessor below checks the one field that it reads.
 */
const Fields = z.custom<Readonly<Record<string, Field | null | undefined>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

const ErrorParts = { serverErrorCode: z.string(), reason: z.string().optional(), retryAfter: z.number().optional() };

export const WireRecord = z.object({
  recordName: z.string(),
  recordType: z.string().nullish(),
  fields: Fields.optional(),
  deleted: z.boolean().nullish(),
});
export type WireRecord = z.infer<typeof WireRecord>;

export const RecordError = z.looseObject({ recordName: z.string().optional(), ...ErrorParts });

export const QueryAnswer = z.looseObject({
  records: z.array(z.unknown()),
  continuationMarker: z.string().optional(),
  syncToken: z.string().optional(),
});

export const ServerError = z.looseObject(ErrorParts);

export const ZonesAnswer = z.looseObject({
  zones: z.array(
    z.looseObject({
      zoneID: z.looseObject({ zoneName: z.string(), ownerRecordName: z.string().optional(), zoneType: z.string().optional() }),
      deleted: z.boolean().nullish(),
    }),
  ),
  moreComing: z.boolean().optional(),
  syncToken: z.string().optional(),
});

/** An error of one zone stands in its entry, without token and records (photos.md §10.3). */
export const FeedAnswer = z.looseObject({
  zones: z.array(
    z.looseObject({
      records: z.array(z.unknown()).optional(),
      syncToken: z.string().optional(),
      moreComing: z.boolean().optional(),
      serverErrorCode: z.string().optional(),
      reason: z.string().optional(),
    }),
  ),
});

export const BatchAnswer = z.looseObject({ batch: z.array(z.looseObject({ records: z.array(z.unknown()).optional() })) });

const ResourceValue = z.looseObject({
  fileChecksum: z.string().optional(),
  size: z.number().optional(),
  downloadURL: z.string().optional(),
});

export function resourceValue(field: Field | null | undefined): z.infer<typeof ResourceValue> | undefined {
  if (field?.value === undefined) return undefined; // most of those asked for are not there
  const parsed = ResourceValue.safeParse(field.value);
  return parsed.success ? parsed.data : undefined;
}

export function numberValue(field: Field | null | undefined): number | undefined {
  return typeof field?.value === 'number' && Number.isFinite(field.value) ? field.value : undefined;
}

/** Flags are INT64 0/1, sometimes boolean; missing means never set (photos.md §1.4). */
export function flagValue(field: Field | null | undefined): boolean {
  return field?.value === 1 || field?.value === true;
}

export function stringValue(field: Field | null | undefined): string | undefined {
  return typeof field?.value === 'string' && field.value !== '' ? field.value : undefined;
}

const Reference = z.looseObject({ recordName: z.string() });

export function referenceValue(field: Field | null | undefined): string | undefined {
  const parsed = Reference.safeParse(field?.value);
  return parsed.success ? parsed.data.recordName : undefined;
}

/**
 * Text that Apple calls encrypted: base64 of UTF-8, or plain when the type is STRING. Without a type base64 is assumed, and
 * what is not base64 is taken as it stands (photos.md §9.1).
 */
export function textValue(field: Field | null | undefined): string | undefined {
  const value = stringValue(field);
  if (value === undefined || field?.type === 'STRING') return value;
  const bytes = Buffer.from(value, 'base64');
  const isBase64 = bytes.toString('base64').replace(/=+$/, '') === value.replace(/=+$/, '');
  return isBase64 ? bytes.toString('utf8') : value;
}
