import type { Diagnostic } from '../../sandbox/types.ts';
import { deepFreeze } from '../deep-freeze.ts';
import { excessOfCron } from './cron-count.ts';
import { describeIssue, locateIssue } from './explain.ts';
import type { Manifest } from './manifest.ts';
import { checkReferences } from './references.ts';
import { manifestSchema } from './schema.ts';
import { readYaml, type YamlSource } from './yaml-source.ts';

export type ManifestResult =
  | {
      readonly ok: true;
      readonly manifest: Manifest;
      readonly warnings: readonly Diagnostic[];
      /** Finds the lines of what later checks complain about. */
      readonly source: YamlSource;
    }
  | { readonly ok: false; readonly errors: readonly Diagnostic[] };

/**
 * Reads `project.yaml`. Everything that is wrong is reported at once, each with its line and column; YAML that cannot be
 * read at all, or has too many cron triggers, comes alone. The manifest is frozen and has every default filled in.
 */
export function parseManifest(text: string): ManifestResult {
  const read = readYaml(text);
  if (!read.ok) return read;
  const { source } = read;
  const excess = excessOfCron(source);
  if (excess !== undefined) return { ok: false, errors: [excess] };
  const parsed = manifestSchema.safeParse(source.value, { error: describeIssue });
  const issues = parsed.success ? [] : parsed.error.issues.flatMap((issue) => locateIssue(issue, source));
  const errors = [...issues, ...checkReferences(source)];
  if (!parsed.success || errors.length > 0) return { ok: false, errors: errors.sort(byPosition) };
  const manifest: Manifest = deepFreeze(parsed.data);
  return { ok: true, manifest, warnings: findIdleTasks(manifest, source), source };
}

function findIdleTasks(manifest: Manifest, source: YamlSource): Diagnostic[] {
  return manifest.tasks.flatMap((task, index) =>
    task.triggers.length > 0
      ? []
      : [source.at(['tasks', index], `task "${task.name}" has no trigger: nothing starts it`)],
  );
}

function byPosition(a: Diagnostic, b: Diagnostic): number {
  return a.line - b.line || a.column - b.column;
}
