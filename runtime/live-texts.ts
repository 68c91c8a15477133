import { languageKey } from '../sandbox/language-key.ts';
import type { LiveProject } from './live-project.ts';
import type { TextSpec } from './project/manifest.ts';

type Values = Record<string, string>;

/** Keys are chosen by people: without a prototype, none of them is special. */
const empty = <Value>(): Record<string, Value> => Object.create(null);

/** A project's texts, frozen: one per key, the English one or else the first; and all of them when there are languages to choose. */
export function liveTexts(specs: readonly TextSpec[]): Pick<LiveProject, 'texts' | 'textsByLanguage'> {
  const texts: Values = empty();
  const byLanguage = empty<Values>();
  for (const { key, value, lang } of specs) {
    const language = languageKey(lang);
    if (language === 'en' || texts[key] === undefined) texts[key] = value;
    byLanguage[language] ??= empty();
    byLanguage[language][key] = value;
  }
  const languages = Object.values(byLanguage);
  for (const each of languages) Object.freeze(each);
  const textsByLanguage = languages.length > 1 ? Object.freeze(byLanguage) : undefined;
  return { texts: Object.freeze(texts), textsByLanguage };
}
