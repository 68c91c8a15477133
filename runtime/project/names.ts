/** What may be named how in a project. Each `..._FORM` completes the sentence "must be ...". */

export const PROJECT_FILE = 'project.yaml';

export const SLUG = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
export const SLUG_FORM =
  'letters, digits and dashes, up to 63 characters, with a letter or digit at both ends';

/** Usable as `params.KEY`, `texts.KEY`, `secrets.KEY`, `webhooks.NAME`. */
export const IDENTIFIER = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
export const IDENTIFIER_FORM = 'a letter, then letters, digits and _, up to 64 characters';

export const TRIGGER_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9 _-]{0,98}[A-Za-z0-9])?$/;
export const TRIGGER_NAME_FORM = 'letters, digits, spaces, _ and -, up to 100 characters';

export { TASK_FILE } from '../../sandbox/code-files.ts';
export const TASK_FILE_FORM = 'a file "tasks/<name>.ts" or "tasks/<name>.js" (<name>: a-z, 0-9 and dashes)';

/** One line of text that people read. */
export const TITLE = /^(?! )[^\p{Cc}\p{Cs}\u2028\u2029]{1,200}(?<! )$/u;
export const TITLE_FORM = 'one line of text, 1 to 200 characters, without spaces around it';

export const MODEL = /^[a-z][a-z0-9_]{0,63}(?:\.[a-z0-9_]{1,64}){0,7}$/;
export const MODEL_FORM = 'a model such as res.partner';

export const LANGUAGE = /^[a-z]{2,3}(?:[_-][A-Za-z0-9]{2,8}){0,3}$/;
export const LANGUAGE_FORM = 'a language such as en, de or pt_BR';

export const PACKAGE = /^(?:@[a-z0-9][a-z0-9._-]{0,99}\/)?[a-z0-9][a-z0-9._-]{0,99}$/;
export const PACKAGE_FORM = 'the name of an npm package';
