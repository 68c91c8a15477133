import { parseManifest } from '../../runtime/project/parse-manifest.ts';

/** The least that a project.yaml may say, and the same with a task whose triggers follow. */
export const HEAD = 'name: Shop\nslug: shop\n';
export const TASK = `${HEAD}tasks:\n  - name: T\n    code: tasks/t.ts\n    triggers:\n`;

/** Fails the test with what was wrong. */
export function accept(text: string) {
  const result = parseManifest(text);
  if (!result.ok) throw new Error(result.errors.map((each) => `${each.line}: ${each.message}`).join('\n'));
  return result;
}

/** "line:column message" of every error. */
export function refuse(text: string): string[] {
  const result = parseManifest(text);
  return result.ok ? [] : result.errors.map((each) => `${each.line}:${each.column} ${each.message}`);
}
