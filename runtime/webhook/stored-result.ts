import type { Encoded } from '../../sandbox/types.ts';
import type { Masker } from '../mask/masker.ts';
import { storedJson } from '../stored-json.ts';
import { readResult } from './answer.ts';

/** What is kept of the result of a webhook's handler that nobody waits for; null when it cannot be read, or is no answer. */
export function storedResult(encoded: Encoded, masker: Masker): string | null {
  const read = readResult(encoded, true);
  return read?.ok ? storedJson(read.shown, masker, encoded.text.length) : null;
}
