/** The form in which languages are compared: `pt_BR`, `pt-br` and `PT_BR` are one. */
export const languageKey = (language: string): string => language.toLowerCase().replaceAll('_', '-');
