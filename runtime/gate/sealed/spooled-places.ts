import { PLACEHOLDER_LENGTH } from '../../sealed/placeholder.ts';
import type { Seals } from '../../sealed/seals.ts';
import { Refusal } from '../refusal.ts';
import type { Spooled } from '../spool/spooled.ts';

/**
 * A body that is handed on unread is sent as it is: nothing is put into it. With a placeholder in it, it would be sent
 * without the value that somebody wants there, so it is refused.
 */
export async function refusePlaces(body: Spooled, seals: Seals): Promise<Spooled> {
  if (!isAnySealed(seals)) return body;
  let end: Uint8Array = new Uint8Array();
  for await (const piece of body) {
    const stretch = Buffer.concat([end, piece]);
    for (const place of seals.places(stretch))
      if (place !== null) throw new Refusal(sentenceOf(place.secret));
    // One that begins here may end in the next piece.
    end = stretch.subarray(Math.max(0, stretch.length - PLACEHOLDER_LENGTH + 1));
  }
  return body;
}

const isAnySealed = ({ secrets, secretOf }: Seals): boolean =>
  Object.values(secrets).some((text) => secretOf(text) !== undefined);

const sentenceOf = ({ key }: { readonly key: string }): string =>
  `Blocked: the body that is handed on holds the placeholder of the sealed secret ${key}, and no value is put into a body that no code has read. Read it first: fetch(url, { body: await response.bytes() }).`;
