import { sha256Of } from './sha256.ts';
import type { Spooled } from './spool/spooled.ts';

/** The body of a request or of an answer: in memory, or outside of it when it is large. */
export type Body = Uint8Array | Spooled;

const NOTHING = new Uint8Array();

/** In lower-case hexadecimal; of nothing without a body. */
export const hashOfBody = async (body: Body | null): Promise<string> =>
  body === null || body instanceof Uint8Array ? sha256Of(body ?? NOTHING) : body.sha256;

/** The first bytes of a body in the spool; all of one in memory. */
export const beginningOf = async (body: Body | null, length: number): Promise<Uint8Array> =>
  body === null || body instanceof Uint8Array ? (body ?? NOTHING) : body.head(length);
