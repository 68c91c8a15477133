/** Words and candidates come from Developers, and comparing two of them takes as long as their lengths multiplied. */
const LONGEST_WORD = 40;
const MOST_CANDIDATES = 500;

/** The candidate that a misspelt word was probably meant to be: at most a third of its letters differ. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const lower = word.slice(0, LONGEST_WORD).toLowerCase();
  const ranked = candidates
    .slice(0, MOST_CANDIDATES)
    .filter((candidate) => Math.abs(candidate.length - lower.length) <= mostDifferences(candidate))
    .map((candidate) => ({ candidate, distance: editDistance(lower, candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= mostDifferences(candidate))
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate;
}

const mostDifferences = (candidate: string): number => Math.max(1, Math.floor(candidate.length / 3));

/** Letters to insert, delete or replace to get from one word to the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
