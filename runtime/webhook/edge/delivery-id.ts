import { hash } from 'node:crypto';
import type { Dedupe, WebhookTrigger } from '../../project/webhook-spec.ts';
import { type HookHead, onlyHeader } from './head.ts';

const json = (...path: string[]): Dedupe => ({ header: null, json: path });
const header = (name: string): Dedupe => ({ header: name, json: null });

/** Where known senders put the id of a delivery. Dropbox gives none. */
const PRESETS: Readonly<Partial<Record<string, Dedupe>>> = {
  github: header('x-github-delivery'),
  stripe: json('id'),
  slack: json('event_id'),
  shopify: header('x-shopify-webhook-id'),
  telegram: json('update_id'),
  standard: header('webhook-id'),
};

/** Where the ids of a webhook's deliveries are; null: nowhere. */
export const dedupeOf = ({ dedupe, auth }: WebhookTrigger): Dedupe | null =>
  dedupe ?? PRESETS[auth?.type ?? 'none'] ?? null;

const LONGEST_ID = 500;

/**
 * The id of a delivery as it is kept, a hash; null when it has none. Without an id where it should be, what was signed
 * together with its time (`digest`) tells a repetition.
 */
export function deliveryId(
  dedupe: Dedupe | null,
  head: HookHead,
  body: Uint8Array,
  digest: string | null,
): string | null {
  const id = dedupe === null ? undefined : idAt(dedupe, head, body);
  if (id !== undefined) return hash('sha256', `id ${id}`, 'hex');
  return digest === null ? null : hash('sha256', `digest ${digest}`, 'hex');
}

function idAt(dedupe: Dedupe, head: HookHead, body: Uint8Array): string | undefined {
  const found = dedupe.header === null ? inJson(dedupe.json, body) : onlyHeader(head, dedupe.header);
  const id = typeof found === 'number' && Number.isSafeInteger(found) ? String(found) : found;
  return typeof id === 'string' && id !== '' && id.length <= LONGEST_ID ? id : undefined;
}

/** What a JSON body has at a path; undefined when it is no JSON. The caller sees to it that it is not large. */
function inJson(path: readonly string[], body: Uint8Array): unknown {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  } catch {
    return undefined;
  }
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}
