import type { z } from 'zod';

const MOST = 20;

/** One sentence for each thing that is wrong (the first ones), with the name of the field; `root` names the whole. */
export function explainIssues(error: z.ZodError, root: string): readonly string[] {
  return error.issues.slice(0, MOST).map((issue) => {
    const where = issue.path.map(String).join('.') || root;
    if (issue.code !== 'unrecognized_keys') return `"${where}": ${issue.message}.`;
    const names = issue.keys.slice(0, MOST).map((key) => JSON.stringify([...issue.path, key].join('.')));
    return names.length === 1 ? `${names[0]} is not known.` : `${names.join(', ')} are not known.`;
  });
}
