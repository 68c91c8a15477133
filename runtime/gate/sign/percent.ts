/** Percent-encodes all but the unreserved characters of RFC 3986, as OAuth and AWS count them. */
export const encodeStrictly = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** In the order of their code units, by name and then by value. */
export const byNameAndValue = (one: readonly [string, string], other: readonly [string, string]): number =>
  compare(one[0], other[0]) || compare(one[1], other[1]);

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
