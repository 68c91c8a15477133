import { randomBytes } from 'node:crypto';

/**
 * Secrets that mean nothing, made for one run. Where one of them is seen outside of Protected Code, something leaks: as it
 * is, or in a form that promises to be masked.
 */
export interface Canaries {
  /** By the secret's key. Not every family has all of them. */
  readonly values: Readonly<Record<string, string>>;
  /** Every text that must not be seen. */
  readonly sought: readonly string[];
  /** Which secret a text contains and in which form, as `CANARY as base64`; undefined when none. */
  find(text: string): string | undefined;
}

export function createCanaries(): Canaries {
  const values = {
    CANARY: `canary-${randomBytes(18).toString('hex')}`,
    CANARY_ODD: `canary "odd"\\/+&=é ${randomBytes(12).toString('hex')}`,
    CANARY_SEALED: `canary-sealed-${randomBytes(18).toString('hex')}`,
  };
  const forms = Object.entries(values).flatMap(([key, value]) => formsOf(key, value));
  return {
    values,
    sought: forms.map(({ sought }) => sought),
    find: (text) => forms.find(({ sought }) => text.includes(sought))?.name,
  };
}

function formsOf(key: string, value: string): { readonly name: string; readonly sought: string }[] {
  const bytes = Buffer.from(value);
  const hex = bytes.toString('hex');
  const base64 = [0, 1, 2].map((offset) => base64At(bytes, offset));
  const sought: Readonly<Record<string, readonly string[]>> = {
    text: [value],
    JSON: [JSON.stringify(value).slice(1, -1)],
    base64: [...base64, ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))],
    hexadecimal: [hex, hex.toUpperCase()],
    'percent-encoded': [encodeURIComponent(value), new URLSearchParams({ v: value }).toString().slice(2)],
  };
  return Object.entries(sought).flatMap(([form, texts]) =>
    texts.map((text) => ({ name: `${key} as ${form}`, sought: text })),
  );
}

/** The characters of base64 that depend on these bytes alone, when so many other bytes stand before them. */
function base64At(bytes: Buffer, offset: number): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  const start = Math.ceil((offset * 8) / 6);
  const end = Math.floor(((offset + bytes.length) * 8) / 6);
  return text.slice(start, end);
}
