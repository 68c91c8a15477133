import type { Condition } from '../../rules/where.ts';

/*
 * Upper and lower case are alike by JavaScript's `toUpperCase`, in every store (`../../text.ts`). Servers of PostgreSQL know Unicode in
 * other versions and by other rules, so that the rule is brought along: `toUpperCase` puts for each character one to three others,
 * whatever stands beside it, which stay as they are when they are replaced again. Of these replacements a search needs only those that
 * can be part of what it looks for, which are none or few: a character that is left as it was is part of no match, since it is in no
 * folded text.
 */

/** A character, and what `toUpperCase` makes of it. */
type Replacement = readonly [from: string, to: string];

const MOST_CODE_POINT = 0x10ffff;
const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;
const CHUNK = 4096;
const MOST_ASCII = 0x7f;

let replacements: readonly Replacement[] | undefined;

/** Text in `column` contains `text`, which is folded, when it is folded itself. */
export function containsSql(column: string, text: string): Condition {
  replacements ??= allReplacements();
  const needed = replacements.filter(([, to]) => mayMatch(to, text));
  const single = needed.filter(([, to]) => [...to].length === 1);
  const longer = needed.filter(([, to]) => [...to].length > 1);
  // In the collation "C" this is about a to z only.
  let sql = `upper(${column} COLLATE "C")`;
  if (single.length > 0) sql = `translate(${sql}, ?, ?)`;
  for (const _ of longer) sql = `replace(${sql}, ?, ?)`;
  const values = single.length === 0 ? [] : [single.map(([from]) => from), single.map(([, to]) => to)];
  return {
    sql: `strpos(${sql}, ?) > 0`,
    values: [...values.map((characters) => characters.join('')), ...longer.flat(), text],
  };
}

/** Whether a match can begin, end or lie within these characters, or have them within. */
function mayMatch(characters: string, text: string): boolean {
  if (text === '') return false;
  if (text.includes(characters) || characters.includes(text)) return true;
  for (let at = 1; at < characters.length; at += 1)
    if (text.startsWith(characters.slice(at)) || text.endsWith(characters.slice(0, at))) return true;
  return false;
}

/** Beyond ASCII. */
function allReplacements(): readonly Replacement[] {
  const found: Replacement[] = [];
  for (let first = MOST_ASCII + 1; first <= MOST_CODE_POINT; first += CHUNK) {
    const characters = charactersFrom(first, Math.min(first + CHUNK, MOST_CODE_POINT + 1));
    const all = characters.join('');
    if (all.toUpperCase() === all) continue;
    for (const character of characters) {
      const upper = character.toUpperCase();
      if (upper !== character) found.push([character, upper]);
    }
  }
  return found;
}

function charactersFrom(first: number, end: number): readonly string[] {
  const characters: string[] = [];
  for (let point = first; point < end; point += 1)
    if (point < FIRST_SURROGATE || point > LAST_SURROGATE) characters.push(String.fromCodePoint(point));
  return characters;
}
