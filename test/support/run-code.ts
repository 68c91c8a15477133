import type { JobRow } from '../../runtime/store/job-store.ts';
import { clickButton, deployTask, type TestRuntime } from './runtime.ts';

let made = 0;

/** Runs code as the body of a button's handler, in a project of its own; `prelude` stands above it. */
async function runCode(works: TestRuntime, code: string, prelude = ''): Promise<JobRow> {
  made += 1;
  const slug = `code-${made}`;
  const task = `${prelude}\nasync function handle_button() { ${code} }`;
  await deployTask(works.runtime, { slug, code: task, triggers: ['{type: button, name: GO}'] });
  return clickButton(works.runtime, slug, 'GO');
}

/** What such code returned, or the name and message of what it threw. */
export async function resultOf(works: TestRuntime, code: string, prelude = ''): Promise<unknown> {
  const { error, result } = await runCode(works, code, prelude);
  if (error === null) return JSON.parse(result ?? 'null');
  const { name, message } = JSON.parse(error);
  return `${name}: ${message}`;
}
