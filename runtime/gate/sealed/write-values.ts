import type { Place } from '../../sealed/placeholder.ts';
import type { SealedValue } from '../../sealed/seals.ts';
import { type HeaderPair, mediaTypeOf } from '../headers.ts';

/** Writes a value as its place needs it, so that it stays one value there. */
export type Writing = (value: string) => string;

/** As it is. */
export const asItIs: Writing = (value) => value;

/** As one part of a query, and of a form: whatever could end it is percent-encoded. */
export const inQuery: Writing = (value) => encodeURIComponent(value.toWellFormed()).replaceAll("'", '%27');

/** As a part of a segment of a path, where some servers want these as they are. */
export const inPath: Writing = (value) =>
  inQuery(value).replace(/%(?:3A|40|24|26|2B|2C|3B|3D)/g, (escaped) => decodeURIComponent(escaped));

/** Inside of a string of JSON. */
const inJson: Writing = (value) => JSON.stringify(value).slice(1, -1);

/** By the content type: in JSON as part of a string, in a form as part of a value, else as it is. */
export function writingOfBody(headers: readonly HeaderPair[]): Writing {
  const type = mediaTypeOf(headers);
  if (/^application\/(?:json|[^/]*\+json)$/.test(type)) return inJson;
  return type === 'application/x-www-form-urlencoded' ? inQuery : asItIs;
}

/** The text with the values in the places of their placeholders. */
export function writeText(
  text: string,
  places: readonly Place<SealedValue>[],
  writingAt: (place: Place<SealedValue>) => Writing,
): string {
  let written = '';
  let at = 0;
  for (const place of places) {
    written += text.slice(at, place.start) + writingAt(place)(place.secret.value);
    at = place.end;
  }
  return written + text.slice(at);
}

/** The same with bytes, in UTF-8. */
export function writeBytes(
  bytes: Buffer,
  places: readonly Place<SealedValue>[],
  writing: Writing,
): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const { start, end, secret } of places) {
    parts.push(bytes.subarray(at, start), Buffer.from(writing(secret.value), 'utf8'));
    at = end;
  }
  parts.push(bytes.subarray(at));
  return parts;
}
