/** How a secret is written: as it is, as in JSON, in base64, in hexadecimal, or as in a form. */
export type FormName = 'raw' | 'json' | 'base64' | 'hex' | 'form';

export interface SecretForm {
  readonly form: FormName;
  readonly bytes: Uint8Array;
}

/**
 * The forms, as bytes, in which a secret is looked for: raw (in lower case too, as in the
 * host of a URL), as in JSON (also in JSON that is a text in JSON), base64 (standard and for URLs, wherever it starts), hexadecimal, and with spaces as in a form.
 * Percent-encoding is not among them: it is undone before the search, since every writer escapes another set of characters.
 */
export function secretForms(value: string): readonly SecretForm[] {
  const bytes = Buffer.from(value, 'utf8');
  const hex = bytes.toString('hex');
  const texts = new Map<string, FormName>();
  const add = (form: FormName, ...written: readonly string[]) => {
    for (const text of written) if (!texts.has(text)) texts.set(text, form);
  };
  add('raw', value, value.toLowerCase());
  add('json', ...jsonForms(value), ...jsonForms(inJson(value)));
  add('form', value.replaceAll(' ', '+'));
  add('hex', hex, hex.toUpperCase());
  add('base64', ...base64Forms(bytes));
  return [...texts].map(([text, form]) => ({ form, bytes: Buffer.from(text, 'utf8') }));
}

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/** As JavaScript writes it, with `/` escaped as PHP does, and with all but ASCII escaped as Python does. */
function jsonForms(value: string): string[] {
  const plain = inJson(value);
  const ascii = plain.replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const upper = ascii.replace(/\\u[0-9a-f]{4}/g, (unit) => `\\u${unit.slice(2).toUpperCase()}`);
  return [plain, ascii, upper].flatMap((form) => [form, form.replaceAll('/', '\\/')]);
}

/**
 * For each of the three places in a group where the value can start: the characters that depend on the value alone, and
 * what it looks like at the end of padded data.
 */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    const whole = Math.floor(((offset + bytes.length) * 8) / 6);
    const start = Math.ceil((offset * 8) / 6);
    return [encoded.slice(start, whole), encoded.slice(start)].flatMap((own) => [
      own,
      own.replaceAll('+', '-').replaceAll('/', '_'),
    ]);
  });
}
