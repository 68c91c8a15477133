/**
 * Text from projects and servers, made safe for a terminal: control characters (escape sequences could move the cursor,
 * hide lines or set the title) and those that reverse the reading direction are shown as `\u{..}`. Tabs stay; so do line ends when
 * `lines` is set.
 */
export function printable(text: string, options: { readonly lines?: boolean } = {}): string {
  return text.replace(UNSAFE, (character) => {
    if (options.lines && character === '\n') return character;
    return SHORT.get(character) ?? `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
}

const UNSAFE = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const SHORT: ReadonlyMap<string, string> = new Map([
  ['\t', '\t'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\u001b', '\\e'],
]);
