import { b64encode } from './base64.ts';
import type { Fetch } from './fetch.ts';

/** In a message. */
const LONGEST_URL = 200;

/** `url2bin` and `url2base64` of one job: what is at an address, as bytes or in base64, fetched as `fetch` does it. */
export function createUrlContents(fetch: Fetch) {
  async function url2bin(url: unknown): Promise<Uint8Array> {
    const response = await fetch(url);
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
    const shown = `${url}`.slice(0, LONGEST_URL);
    throw new Error(`${shown} answered ${response.status}, so there is nothing to take from it.`);
  }
  return { url2bin, url2base64: async (url: unknown): Promise<string> => b64encode(await url2bin(url)) };
}
