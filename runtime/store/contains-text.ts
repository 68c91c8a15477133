/**
 * Steps that the built-in search may take: it may go back by the whole of what it looks for at each character, and takes seconds for a
 * text of a megabyte and ten thousand characters that somebody has chosen for that.
 */
const MOST_STEPS = 2_000_000;

/** Whether the text contains the other one. Takes as long as both are, whatever they are (Knuth, Morris and Pratt). */
export function containsText(text: string, wanted: string): boolean {
  if (text.length * wanted.length <= MOST_STEPS) return text.includes(wanted);
  if (wanted.length > text.length) return false;
  const fallbacks = fallbacksOf(wanted);
  let matched = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    while (matched > 0 && wanted.charCodeAt(matched) !== unit) matched = fallbacks[matched - 1] ?? 0;
    if (wanted.charCodeAt(matched) === unit) matched += 1;
    if (matched === wanted.length) return true;
  }
  return matched === wanted.length;
}

/** For each beginning of the text how long its longest own beginning is that it also ends with. */
function fallbacksOf(wanted: string): Int32Array {
  const fallbacks = new Int32Array(wanted.length);
  let matched = 0;
  for (let at = 1; at < wanted.length; at += 1) {
    const unit = wanted.charCodeAt(at);
    while (matched > 0 && wanted.charCodeAt(matched) !== unit) matched = fallbacks[matched - 1] ?? 0;
    if (wanted.charCodeAt(matched) === unit) matched += 1;
    fallbacks[at] = matched;
  }
  return fallbacks;
}
