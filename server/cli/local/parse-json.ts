import { messageOf } from '../../../sandbox/message-of.ts';
import { usageError } from '../cli-error.ts';

/** What `--data` gives, where it must be JSON. Throws a usage error. */
export function parseJson(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8'));
  } catch (error) {
    throw usageError(`What --data gives is not JSON: ${messageOf(error)}`);
  }
}
