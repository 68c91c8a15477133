import { z } from 'zod';
import type { HttpRequestData } from '../../../sandbox/types.ts';

const text = z.record(z.string(), z.string()).default({});

/** A request described as JSON; `body` is text, or a value that is sent as JSON. */
const description = z.strictObject({
  method: z.string().default('POST'),
  path: z.string().default(''),
  args: text,
  headers: text,
  form: text,
  body: z.unknown().optional(),
});

/**
 * What `handle_webhook` is given. Data that is a JSON object with some of the keys method, path, args, headers, form and
 * body describes a request; all else is the body of a POST.
 */
export function webhookInput(data: Buffer, url: string): HttpRequestData {
  const json = parseJson(data);
  const parsed = description.safeParse(json);
  if (parsed.success && Object.keys(json as object).length > 0) return describedRequest(parsed.data, url);
  const type = json === undefined ? 'text/plain; charset=utf-8' : 'application/json';
  return request({ url, headers: [['content-type', type]], data });
}

function describedRequest(
  { method, path, args, headers, form, body }: z.infer<typeof description>,
  url: string,
): HttpRequestData {
  const query = new URLSearchParams(args).toString();
  const fields = Object.entries(form);
  const content = fields.length > 0 ? new URLSearchParams(form).toString() : body;
  const data = typeof content === 'string' ? content : (JSON.stringify(content) ?? '');
  return request({
    method,
    url: `${url}${path}${query && `?${query}`}`,
    path,
    args: Object.entries(args),
    form: fields,
    headers: [...contentType(fields.length > 0, content), ...Object.entries(headers)],
    data: Buffer.from(data),
  });
}

function contentType(isForm: boolean, content: unknown): [string, string][] {
  if (isForm) return [['content-type', 'application/x-www-form-urlencoded']];
  if (content === undefined || typeof content === 'string') return [];
  return [['content-type', 'application/json']];
}

function request(given: Partial<HttpRequestData> & Pick<HttpRequestData, 'data'>): HttpRequestData {
  const nothing = { args: [], form: [], files: [], cookies: [], headers: [] };
  return { method: 'POST', url: '', path: '', remote_addr: '127.0.0.1', ...nothing, ...given };
}

function parseJson(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8'));
  } catch {
    return undefined;
  }
}
