/** How one case went. */
export interface CaseResult {
  readonly family: string;
  readonly name: string;
  readonly tries: string;
  /** What it was to end with, and what it ended with, in words of the table. */
  readonly expected: string;
  readonly seen: string;
  /** Of its job, or of the whole case where it has none. */
  readonly ms: number | null;
  /** What is wrong; empty when it passed. */
  readonly problems: readonly string[];
  /** Why it is known not to pass yet. */
  readonly pending?: string | undefined;
}

export type Verdict = 'passed' | 'open' | 'FAILED';

/** `open`: known not to hold yet, and told in the results. */
export function verdictOf({ problems, pending }: CaseResult): Verdict {
  if (problems.length === 0) return 'passed';
  return pending === undefined ? 'FAILED' : 'open';
}
