import { hash } from 'node:crypto';
import type { AuthType, Dedupe, RememberedContent, WebhookTrigger } from '../../project/webhook-spec.ts';
import { type HookHead, onlyHeader } from './head.ts';

type IdPlace = Pick<Dedupe, 'header' | 'json'>;

const json = (...path: string[]): IdPlace => ({ header: null, json: path });
const header = (name: string): IdPlace => ({ header: name, json: null });

/** Where known senders put the id of a delivery. Dropbox gives none. */
const PRESETS: Readonly<Partial<Record<AuthType, IdPlace>>> = {
  github: header('x-github-delivery'),
  stripe: json('id'),
  slack: json('event_id'),
  shopify: header('x-shopify-webhook-id'),
  telegram: json('update_id'),
  standard: header('webhook-id'),
};

/**
 * Where known senders say in a header what a body is about. Shopify sends one body for several topics (an order that is made and
 * paid at once), so that the body alone is no repetition; GitHub's differ.
 */
const TOPIC_HEADERS: Readonly<Partial<Record<AuthType, string>>> = {
  github: 'x-github-event',
  shopify: 'x-shopify-topic',
};

/** How a repetition is told. `place` null: deliveries have no id. */
export interface Repetitions {
  readonly place: IdPlace | null;
  readonly content: RememberedContent;
}

/**
 * How repetitions of a webhook's deliveries are told. `isTimed`: a time is signed with the body, so that what was signed is another
 * one each time; the bodies of others may be the same for good reason, as Dropbox's are.
 */
export function repetitionsOf({ dedupe, auth }: WebhookTrigger, isTimed: boolean): Repetitions {
  const type = auth?.type ?? 'none';
  const named = dedupe && (dedupe.header ?? dedupe.json) !== null ? dedupe : null;
  const usual = type === 'shopify' ? 'topic' : type === 'github' || isTimed ? 'body' : 'none';
  return { place: named ?? PRESETS[type] ?? null, content: dedupe?.content ?? usual };
}

/** What is remembered of a delivery, as hashes; null: nothing. */
export interface DeliveryMarks {
  readonly id: string | null;
  readonly content: string | null;
}

const LONGEST_ID = 500;

/**
 * The marks by which a delivery is known when it comes again. An id that is not signed can be changed by who has a copy, so that
 * what was signed is remembered too; an id within that needs no second mark. `digest`: of what was signed, null for nothing.
 */
export function deliveryMarks(
  { place, content }: Repetitions,
  type: AuthType,
  {
    head,
    body,
    digest,
  }: { readonly head: HookHead; readonly body: Uint8Array; readonly digest: string | null },
): DeliveryMarks {
  const id = place === null ? undefined : idAt(place, head, body);
  const isSigned = id !== undefined && (place?.json !== null || isSignedHeader(type, place.header));
  const topic = content === 'topic' ? (onlyHeader(head, TOPIC_HEADERS[type] ?? '') ?? '') : '';
  return {
    id: id === undefined ? null : hash('sha256', `id ${id}`, 'hex'),
    content:
      digest === null || content === 'none' || isSigned
        ? null
        : hash('sha256', `digest ${digest} ${topic}`, 'hex'),
  };
}

const isSignedHeader = (type: AuthType, name: string | null): boolean =>
  type === 'standard' && name === 'webhook-id';

function idAt(place: IdPlace, head: HookHead, body: Uint8Array): string | undefined {
  const found = place.json === null ? onlyHeader(head, place.header ?? '') : inJson(place.json, body);
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
