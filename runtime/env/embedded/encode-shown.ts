import type { Encoded } from '../../../sandbox/types.ts';
import { encode } from '../../../sandbox/wire/encode.ts';
import { Turns } from '../../turns.ts';
import type { Shown } from './show-records.ts';

/** The same as `encode(shown)` gives, record by record with turns of others in between. */
export async function encodeShown({ model, fields, records }: Shown): Promise<Encoded> {
  const turns = new Turns();
  const texts: string[] = [];
  for (const record of records) {
    const { text, tails } = encode(record);
    // Bytes are numbered throughout; they make an answer large, but not slow to write.
    if (tails.length > 0) return encode({ model, fields, records });
    texts.push(text);
    await turns.spend(text.length * (Object.values(record).some(isNested) ? NESTED : 1));
  }
  return {
    text: `{"model":${JSON.stringify(model)},"fields":${JSON.stringify(fields)},"records":[${texts.join(',')}]}`,
    tails: [],
  };
}

/** Nested values take longer to write, deep ones many times as long. */
const NESTED = 5;
const isNested = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !(value instanceof Date);

/** Whether an operation answered with records. */
export const isShown = (result: unknown): result is Shown =>
  typeof result === 'object' && result !== null && 'records' in result && 'fields' in result;
