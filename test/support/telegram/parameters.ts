import { BotApiError } from './bot-api-error.ts';

/** What a caller passed, by name. From forms every value is a text, or a `File`; from JSON it is what was written. */
export type Parameters = ReadonlyMap<string, unknown>;

/**
 * The four ways the Bot API accepts parameters: URL query, application/x-www-form-urlencoded, application/json and
 * multipart/form-data. The body wins over the query.
 */
export async function readParameters(query: URLSearchParams, contentType: string, body: Buffer) {
  const parameters = new Map<string, unknown>(query);
  if (body.length === 0) return parameters;
  for (const [name, value] of await bodyEntries(contentType, body)) parameters.set(name, value);
  return parameters;
}

async function bodyEntries(contentType: string, body: Buffer): Promise<Iterable<[string, unknown]>> {
  if (contentType.startsWith('application/json')) return jsonEntries(body.toString('utf8'));
  if (!/^(application\/x-www-form-urlencoded|multipart\/form-data)/.test(contentType)) return [];
  const response = new Response(new Uint8Array(body), { headers: { 'content-type': contentType } });
  return response.formData();
}

function jsonEntries(text: string): [string, unknown][] {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.entries(value);
  } catch {
    // Answered below, like any other body that is not an object.
  }
  throw new BotApiError(400, "Bad Request: can't parse JSON object");
}

/** Empty when absent; numbers and booleans as they are written. */
export function textOf(parameters: Parameters, name: string): string {
  const value = parameters.get(name);
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** `fallback` when absent or not a whole number, as the Bot API does. */
export function integerOf(parameters: Parameters, name: string, fallback: number): number {
  const text = textOf(parameters, name);
  return /^-?\d+$/.test(text) ? Number(text) : fallback;
}

export function booleanOf(parameters: Parameters, name: string): boolean {
  return /^(true|yes|1)$/i.test(textOf(parameters, name));
}

/** A parameter that is not plain text: JSON callers nest it, form callers write it as JSON. Undefined when absent. */
export function structureOf(parameters: Parameters, name: string): unknown {
  const value = parameters.get(name);
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    throw new BotApiError(400, `Bad Request: can't parse ${name.replaceAll('_', ' ')} JSON object`);
  }
}

/** A file: the parameter itself, or the part of the body that it names as `attach://PART`. */
export function fileOf(parameters: Parameters, name: string): File | undefined {
  const part = /^attach:\/\/(.+)$/.exec(textOf(parameters, name))?.[1];
  const value = parameters.get(part ?? name);
  return value instanceof File ? value : undefined;
}
