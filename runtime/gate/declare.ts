import type { Crossing } from './crossing.ts';
import { declaredRow } from './ledger-rows.ts';
import { MAX_REQUEST_BODY } from './limits.ts';
import { writeBefore } from './write-ledger.ts';

const LONGEST_RECIPIENT = 1000;

/** The operation `log_outgoing_data(recipient, data)`: resolves once the row is on disk. Data other than text and bytes is kept as JSON. */
export async function declareOutgoing(
  crossing: Crossing,
  [recipient, data]: readonly unknown[],
): Promise<undefined> {
  if (typeof recipient !== 'string' || recipient === '' || recipient.length > LONGEST_RECIPIENT) {
    throw new TypeError(`The recipient of outgoing data is a text of 1 to ${LONGEST_RECIPIENT} characters`);
  }
  const bytes = bytesOf(data);
  if (bytes.byteLength > MAX_REQUEST_BODY) {
    throw new TypeError(`Outgoing data to log is at most ${MAX_REQUEST_BODY} bytes`);
  }
  await writeBefore(crossing, await declaredRow(crossing, recipient, bytes));
}

function bytesOf(data: unknown): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const text = typeof data === 'string' ? data : (JSON.stringify(data, plain) ?? '');
  return Buffer.from(text, 'utf8');
}

/** What JSON would show as `{}`. */
function plain(_key: string, value: unknown): unknown {
  if (value instanceof Map || value instanceof Set) return [...value];
  if (ArrayBuffer.isView(value))
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  return value instanceof ArrayBuffer ? Buffer.from(value).toString('base64') : value;
}
