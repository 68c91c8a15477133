import type { Encoded, HttpRequestData } from '../../sandbox/types.ts';
import { bytesAt } from '../../sandbox/wire/tagged-values.ts';

/**
 * What `encode` makes of a request. Its shape is known and made by the server itself, so that nothing has to be looked
 * for: on the path that every webhook takes this is several times cheaper.
 */
export function encodeRequest(request: HttpRequestData): Encoded {
  const { files, data, ...rest } = request;
  const plain = {
    ...rest,
    files: files.map((file, index) => ({ ...file, bytes: bytesAt(index) })),
    data: bytesAt(files.length),
  };
  return { text: JSON.stringify(plain), tails: [...files.map(({ bytes }) => bytes), data] };
}
