/**
 * The forms, as bytes, in which a secret is looked for: raw, as in JSON, base64 (standard and for URLs, wherever it
 * starts in the encoded data), hexadecimal, and with spaces as in a form. Percent-encoding is not among them: it is
 * undone before the search, since every writer escapes another set of characters.
 */
export function secretForms(value: string): readonly Buffer[] {
  const bytes = Buffer.from(value, 'utf8');
  const hex = bytes.toString('hex');
  const texts = new Set([
    value,
    ...jsonForms(value),
    value.replaceAll(' ', '+'),
    hex,
    hex.toUpperCase(),
    ...base64Forms(bytes),
  ]);
  return [...texts].map((text) => Buffer.from(text, 'utf8'));
}

/** As JavaScript writes it, with `/` escaped as PHP does, and with all but ASCII escaped as Python does. */
function jsonForms(value: string): string[] {
  const plain = JSON.stringify(value).slice(1, -1);
  const ascii = plain.replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const upper = ascii.replace(/\\u[0-9a-f]{4}/g, (unit) => `\\u${unit.slice(2).toUpperCase()}`);
  return [plain, ascii, upper].flatMap((form) => [form, form.replaceAll('/', '\\/')]);
}

/** The characters that depend on this value alone, for each of the three places in a group where it can start. */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64url');
    const whole = Math.floor(((offset + bytes.length) * 8) / 6);
    const own = encoded.slice(Math.ceil((offset * 8) / 6), whole);
    return [own, own.replaceAll('-', '+').replaceAll('_', '/')];
  });
}
