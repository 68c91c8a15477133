import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Encoded, HttpRequestData } from '../../sandbox/types.ts';
import { AppError } from '../app-error.ts';
import { deriveKey, type Keyring } from '../keyring.ts';
import { encodeRequest } from './encode-request.ts';

/** Seals whole requests, with the headers that let their sender in, for as long as they are needed. */
export interface RequestBox {
  /** `id`: of the job or the delivery that it belongs to. Text that a column can hold. */
  seal(projectId: string, id: string, request: HttpRequestData): string;
  /** As a handler is given it. Throws `request_sealed` when the keyring lacks its key, or it was changed or belongs elsewhere. */
  open(projectId: string, id: string, sealed: string): Encoded;
}

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM under keys derived from the keyring: the first one seals, all of them open. */
export function requestBox(keyring: Keyring): RequestBox {
  const keys = new Map(keyring.keys.map((key) => [key.id, deriveKey(key, 'requests')]));
  const sealingId = keyring.keys[0].id;
  const sealingKey = deriveKey(keyring.keys[0], 'requests');

  return {
    seal(projectId, id, request) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(ALGORITHM, sealingKey, iv, { authTagLength: TAG_BYTES });
      cipher.setAAD(place(projectId, id));
      const text = Buffer.concat([cipher.update(pack(encodeRequest(request))), cipher.final()]);
      return JSON.stringify([sealingId, Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64')]);
    },

    open(projectId, id, sealed) {
      try {
        const [keyId, text]: [string, string] = JSON.parse(sealed);
        const key = keys.get(keyId);
        if (key === undefined) throw new Error(`key "${keyId}" is not in the keyring`);
        const bytes = Buffer.from(text, 'base64');
        const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES), {
          authTagLength: TAG_BYTES,
        });
        decipher.setAAD(place(projectId, id));
        decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
        return unpack(
          Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]),
        );
      } catch (cause) {
        const message = `The request kept with ${id} cannot be opened. Put back the keyring this data was written with, or have the sender send it again.`;
        throw new AppError('request_sealed', 500, message, { cause });
      }
    },
  };
}

/** What is authenticated beside it, so that it opens only where it belongs. */
const place = (projectId: string, id: string): Buffer =>
  Buffer.from(JSON.stringify(['sluice request', projectId, id]));

/** Each part behind its length. */
function pack({ text, tails }: Encoded): Buffer {
  const parts = [Buffer.from(text, 'utf8'), ...tails];
  return Buffer.concat(parts.flatMap((part) => [lengthOf(part), part]));
}

function lengthOf(part: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(part.byteLength);
  return length;
}

function unpack(bytes: Buffer): Encoded {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + bytes.readUInt32BE(at);
    // Copied: a tail becomes an ArrayBuffer of its own.
    parts.push(Buffer.from(bytes.subarray(at + 4, end)));
    at = end;
  }
  const [text, ...tails] = parts;
  return { text: text?.toString('utf8') ?? '', tails: tails.map((tail) => new Uint8Array(tail)) };
}
