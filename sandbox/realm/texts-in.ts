import { languageKey } from '../language-key.ts';
import type { JobContext } from '../types.ts';

type Texts = Readonly<Record<string, string>>;

/**
 * `texts_in` of one job: texts by key as in `texts`, those of the language where there are any. A language with a region or
 * a script (`de-AT`) falls back to those with less (`de`), and at last to `texts`. TypeError for what is no text.
 */
export function makeTextsIn({ texts, textsByLanguage = {} }: JobContext): (language: unknown) => Texts {
  return (language) => {
    if (typeof language !== 'string') {
      throw new TypeError('texts_in takes a language such as "de" or "pt_BR", as text.');
    }
    const found = [texts];
    const key = languageKey(language.slice(0, LONGEST));
    for (let end = key.indexOf('-'); ; end = key.indexOf('-', end + 1)) {
      const part = end === -1 ? key : key.slice(0, end);
      const own = Object.hasOwn(textsByLanguage, part) ? textsByLanguage[part] : undefined;
      if (own !== undefined) found.push(own);
      if (end === -1) return Object.freeze(Object.assign(Object.create(null), ...found));
    }
  };
}

/** In characters; project.yaml has none that is longer. */
const LONGEST = 60;
