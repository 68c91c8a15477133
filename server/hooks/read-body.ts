import type { IncomingMessage } from 'node:http';
import { RETRY_AFTER, type Ticket } from './admission.ts';
import { comeAgain, HookRefusal } from './hook-refusal.ts';

const NOTHING = new Uint8Array(0);

/** The caller went away before its request was complete: nobody waits for an answer. */
export class CallerGone extends Error {
  override readonly name = 'CallerGone';
}

/** The length of the body as its head says; undefined when it does not, or when it is more than `limit`. */
export function declaredLength(request: IncomingMessage, limit: number): number | undefined {
  const declared = Number(request.headers['content-length']);
  return declared <= limit ? declared : undefined;
}

/**
 * The whole body; `HookRefusal` 413 as soon as it is known to be longer than `limit` bytes. Memory for one whose length was
 * not said is set aside as it comes.
 */
export function readBody(
  request: IncomingMessage,
  limit: number,
  ticket: Pick<Ticket, 'hold'>,
): Promise<Uint8Array> {
  const declared = request.headers['content-length'];
  if (declared === undefined && request.headers['transfer-encoding'] === undefined) {
    return Promise.resolve(NOTHING);
  }
  if (Number(declared) > limit) return Promise.reject(tooLarge(limit));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    // The rest is read and dropped: a connection cut while its caller still sends would lose the answer.
    const refuse = (refusal: HookRefusal) => {
      request.removeAllListeners('data').resume();
      chunks.length = 0;
      reject(refusal);
    };
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) return refuse(tooLarge(limit));
      if (declared === undefined && !ticket.hold(chunk.length)) return refuse(comeAgain(RETRY_AFTER.bytes));
      chunks.push(chunk);
    });
    request.on('end', () => {
      const [first] = chunks;
      resolve(chunks.length === 1 && first ? first : Buffer.concat(chunks));
    });
    request.on('error', () => reject(new CallerGone()));
    // Every request closes; making an error for each would cost more than reading its body.
    request.on('close', () => {
      if (!request.complete) reject(new CallerGone());
    });
  });
}

const tooLarge = (limit: number) => new HookRefusal(413, `The body is larger than ${limit} bytes.`);
