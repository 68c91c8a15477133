import type { Diagnostic, Program } from '../../sandbox/types.ts';
import { HANDLER_OF } from '../words.ts';
import type { Manifest } from './manifest.ts';
import type { YamlSource } from './yaml-source.ts';

/** What project.yaml says about files that is not so, and files it says nothing about. */
export function checkAgainstFiles(
  slug: string,
  manifest: Manifest,
  source: YamlSource,
  files: Readonly<Record<string, string>>,
): Diagnostic[] {
  const found: Diagnostic[] = [];
  if (manifest.slug !== slug) {
    found.push(
      source.at(['slug'], `slug is "${manifest.slug}", but the deploy is for "${slug}": make them equal`),
    );
  }
  manifest.tasks.forEach((task, index) => {
    if (Object.hasOwn(files, task.code)) return;
    found.push(source.at(['tasks', index, 'code'], `task "${task.name}": ${missingFile(task.code, files)}`));
  });
  const used = new Set(manifest.tasks.map((task) => task.code));
  for (const file of Object.keys(files)) {
    if (!file.startsWith('tasks/') || used.has(file)) continue;
    const message = `belongs to no task: add a task with "code: ${file}" to project.yaml or remove the file`;
    found.push({ file, line: 0, column: 0, message });
  }
  return found;
}

function missingFile(code: string, files: Readonly<Record<string, string>>): string {
  const twin = code.endsWith('.ts') ? code.replace(/ts$/, 'js') : code.replace(/js$/, 'ts');
  if (Object.hasOwn(files, twin)) return `there is no file ${code}, but there is ${twin}`;
  return `there is no file ${code}: add it or correct the name`;
}

/** Triggers that would call a function which their task does not declare. */
export function checkHandlers(manifest: Manifest, source: YamlSource, program: Program): Diagnostic[] {
  return manifest.tasks.flatMap((task, taskIndex) =>
    task.triggers.flatMap((trigger, index) => {
      const handler = HANDLER_OF[trigger.type];
      if (program.tasks[task.code]?.handlers.includes(handler)) return [];
      const message = `trigger "${trigger.name}" calls ${handler}, but ${task.code} declares no such function at its top level`;
      return [source.at(['tasks', taskIndex, 'triggers', index], message)];
    }),
  );
}
