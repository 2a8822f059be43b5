import { z } from 'zod';
import { OPERATIONS, type Operation } from './operations.ts';
import { Said } from './schemas.ts';

const STATUS: Readonly<Record<number, string>> = {
  200: 'Done.',
  202: 'Not over yet.',
  400: 'The request is not what was expected.',
  401: 'No login, or a wrong one.',
  403: 'No login is set, or the request comes from a page of another site.',
  404: 'Not known.',
  409: 'The library has changed since.',
  412: 'Not possible right now.',
  421: 'This host name is not allowed.',
  429: 'Too many attempts; `Retry-After` says when to come back.',
  503: 'Not healthy, or not ready yet.',
};
/** The gate may answer these to anybody (docs/http.md). */
const REFUSALS = { 401: Said, 403: Said, 421: Said };

const DESCRIPTION =
  'Every address wants a login: `Authorization: Bearer <WEB_TOKEN>`, or HTTP Basic with WEB_PASSWORD and any user name. The code endpoints and /healthz are open to the machine itself.';

/** The API as OpenAPI 3.1. `basePath`: empty, or `/prefix`. */
export function openApiDocument(version: string, basePath: string): object {
  const paths: Record<string, Record<string, object>> = {};
  const named: Named = {};
  for (const operation of OPERATIONS)
    for (const [index, path] of operation.paths.entries()) {
      paths[path] = { ...paths[path], [operation.method]: describe(operation, path, index > 0, named) };
    }
  return {
    openapi: '3.1.0',
    info: { title: 'icloud-photos-sync', version, description: DESCRIPTION, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: basePath === '' ? '/' : basePath }],
    security: [{ token: [] }, { password: [] }],
    paths,
    components: {
      schemas: named,
      securitySchemes: { token: { type: 'http', scheme: 'bearer' }, password: { type: 'http', scheme: 'basic' } },
    },
  };
}

function describe(
  { method, summary, open, parameters, body, answers }: Operation,
  path: string,
  deprecated: boolean,
  named: Named,
): object {
  const content = (schema: Operation['answers'][number]) =>
    typeof schema === 'string' ? { [schema]: {} } : { 'application/json': { schema: schemaOf(schema, named) } };
  const responses = Object.entries({ ...REFUSALS, ...answers }).map(([status, schema]) => [
    status,
    { description: STATUS[Number(status)] ?? 'See the message.', content: content(schema) },
  ]);
  return {
    operationId: `${method}${path.replace(/[^A-Za-z0-9]+(.?)/g, (_, next: string) => next.toUpperCase())}`,
    summary,
    ...(deprecated ? { deprecated } : {}),
    ...(open ? { security: [{}, { token: [] }, { password: [] }] } : {}),
    ...(parameters ? { parameters } : {}),
    ...(body ? { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, named) } } } } : {}),
    responses: Object.fromEntries(responses),
  };
}

type Named = Record<string, object>;

/** Schemas with a name are put among the components and referred to. */
function schemaOf(schema: z.ZodType, named: Named): object {
  const { $schema: _, $defs = {}, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  const referring = (value: object): object => JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/'));
  for (const [name, one] of Object.entries($defs)) named[name] = referring(one);
  const { id } = rest as { readonly id?: string };
  if (id === undefined) return referring(rest);
  const { id: __, ...whole } = rest as { readonly id?: string };
  named[id] = referring(whole);
  return { $ref: `#/components/schemas/${id}` };
}
