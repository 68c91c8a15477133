import type { Encoded } from '../../sandbox/types.ts';
import { toParts } from '../../sandbox/wire/encoded-parts.ts';
import type { LiveProject } from '../live-project.ts';
import type { SecretSpec } from '../project/manifest.ts';
import { cutPlaceholderAt, makePlaceholder, type Place, placesIn } from './placeholder.ts';

/** A sealed secret with the value that only the gate uses. */
export interface SealedValue extends Pick<SecretSpec, 'key' | 'hosts' | 'in'> {
  readonly value: string;
}

/**
 * The sealed secrets of one attempt of one job, behind placeholders that nothing but this attempt knows: they mean nothing to
 * another one, and end with it.
 */
export interface Seals {
  /** What Protected Code gets as `secrets`: a placeholder for each sealed one that has a value. */
  readonly secrets: Readonly<Record<string, string>>;
  /** The secret that this text stands for, if it is a placeholder and nothing else. */
  secretOf(text: string): SealedValue | undefined;
  /** The placeholders in a text or in bytes; null now and then, see `placesIn`. */
  places(data: string | Buffer): Iterable<Place<SealedValue> | null>;
  /** The text with `***` for each placeholder. Of a text that was cut, half of one at its end is left out. */
  mask(text: string, cut?: boolean): string;
  /** Why a value may not leave Protected Code, in one sentence; undefined when it may. */
  withheld(value: Encoded): Promise<string | undefined> | undefined;
}

const MASK = '***';

/** Nothing is made, and nothing looked through, for a project without sealed secrets. */
export function createSeals({ secrets, version }: Pick<LiveProject, 'secrets' | 'version'>): Seals {
  const sealed = version.manifest.secrets.filter((spec) => spec.sealed && Object.hasOwn(secrets, spec.key));
  if (sealed.length === 0) return nothingSealed(secrets);
  const known = new Map<string, SealedValue>();
  const shown: Record<string, string> = Object.assign(Object.create(null), secrets);
  for (const { key, hosts, in: places } of sealed) {
    const placeholder = makePlaceholder();
    known.set(placeholder, Object.freeze({ key, hosts, in: places, value: secrets[key] ?? '' }));
    shown[key] = placeholder;
  }
  return Object.freeze({
    secrets: Object.freeze(shown),
    secretOf: (text: string) => known.get(text),
    places: (data: string | Buffer) => placesIn(data, known),
    mask: (text: string, cut = false) =>
      maskPlaces(cut ? text.slice(0, cutPlaceholderAt(text)) : text, known),
    withheld: (value: Encoded) => whyWithheld(value, known),
  });
}

/** The same placeholders, with another value behind those of one secret. */
export function sealsWith(seals: Seals, changed: SealedValue): Seals {
  const changedOf = (secret: SealedValue) => (secret.key === changed.key ? changed : secret);
  return Object.freeze({
    ...seals,
    secretOf(text: string) {
      const secret = seals.secretOf(text);
      return secret && changedOf(secret);
    },
    *places(data: string | Buffer) {
      for (const place of seals.places(data)) yield place && { ...place, secret: changedOf(place.secret) };
    },
  });
}

const nothingSealed = (secrets: Readonly<Record<string, string>>): Seals => ({
  secrets,
  secretOf: () => undefined,
  places: () => [],
  mask: (text) => text,
  withheld: () => undefined,
});

function maskPlaces(text: string, known: ReadonlyMap<string, SealedValue>): string {
  let masked = '';
  let at = 0;
  for (const place of placesIn(text, known)) {
    if (place === null) continue;
    masked += text.slice(at, place.start) + MASK;
    at = place.end;
  }
  return at === 0 ? text : masked + text.slice(at);
}

async function whyWithheld(
  value: Encoded,
  known: ReadonlyMap<string, SealedValue>,
): Promise<string | undefined> {
  for (const part of toParts(value)) {
    const data = typeof part === 'string' ? part : Buffer.from(part.buffer, part.byteOffset, part.byteLength);
    for (const place of placesIn(data, known)) {
      if (place !== null) return sentenceOf(place.secret);
      await new Promise(setImmediate);
    }
  }
  return undefined;
}

const sentenceOf = ({ key }: SealedValue): string =>
  `Data that leaves Protected Code holds the placeholder of the sealed secret ${key}, which means something to fetch only. Leave secrets.${key} out of it.`;
