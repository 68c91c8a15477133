import type { IncomingMessage } from 'node:http';
import { HookRefusal } from './hook-refusal.ts';

const NOTHING = new Uint8Array(0);

/** The caller went away before its request was complete: nobody waits for an answer. */
export class CallerGone extends Error {
  override readonly name = 'CallerGone';
}

/** The whole body; `HookRefusal` 413 as soon as it is known to be longer than `limit` bytes. */
export function readBody(request: IncomingMessage, limit: number): Promise<Uint8Array> {
  const declared = request.headers['content-length'];
  if (declared === undefined && request.headers['transfer-encoding'] === undefined) {
    return Promise.resolve(NOTHING);
  }
  if (Number(declared) > limit) return Promise.reject(tooLarge(limit));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) {
        chunks.push(chunk);
        return;
      }
      // The rest is read and dropped: a connection cut while its caller still sends would lose the answer.
      request.removeAllListeners('data').resume();
      reject(tooLarge(limit));
    });
    request.on('end', () => {
      const [first] = chunks;
      resolve(chunks.length === 1 && first ? first : Buffer.concat(chunks, length));
    });
    request.on('error', () => reject(new CallerGone()));
    // Every request closes; making an error for each would cost more than reading its body.
    request.on('close', () => {
      if (!request.complete) reject(new CallerGone());
    });
  });
}

const tooLarge = (limit: number) => new HookRefusal(413, `The body is larger than ${limit} bytes.`);
