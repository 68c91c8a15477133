/** `problem`: a server would not start or not work. `warning`: it works, and something could be better. */
export type Verdict = 'ok' | 'warning' | 'problem';

/** What one look at this machine found. Never holds a secret. */
export interface Finding {
  readonly name: string;
  readonly verdict: Verdict;
  /** What is there. */
  readonly text: string;
  /** What to do about it; empty when there is nothing to do. */
  readonly todo: string;
  /** Parts of it, for who wants to know more. */
  readonly details: readonly string[];
}

export const ok = (name: string, text: string, details: readonly string[] = []): Finding =>
  Object.freeze({ name, verdict: 'ok', text, todo: '', details });

export const warning = (name: string, text: string, todo: string, details: readonly string[] = []): Finding =>
  Object.freeze({ name, verdict: 'warning', text, todo, details });

export const problem = (name: string, text: string, todo: string, details: readonly string[] = []): Finding =>
  Object.freeze({ name, verdict: 'problem', text, todo, details });
