import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { jobLimits } from '../../runtime/job-limits.ts';
import { parseManifest } from '../../runtime/project/parse-manifest.ts';
import { readProjectFolder } from '../../runtime/project/project-folder.ts';
import { ownPath } from '../../sandbox/own-path.ts';
import { type AttackCase, expectations } from './attack-case.ts';

/** A project of `scripts/attack/` with what its attacks have to end with. */
export interface Family {
  readonly name: string;
  readonly about: string;
  readonly slug: string;
  /** As a deploy takes them. */
  readonly files: Readonly<Record<string, string>>;
  readonly cases: readonly AttackCase[];
  /** Wall time of each case's job in milliseconds, by the case's name. */
  readonly timeoutMs: ReadonlyMap<string, number>;
}

const FOLDER = 'scripts/attack';
/** Common and Protected Code that all families have. */
const SHARED = 'shared';
const EXPECTATIONS = 'expect.yaml';

/** Families that are projects. Deploys that are hostile themselves are a family too: `hostile-deploys.ts`. */
export function familyNames(): readonly string[] {
  const folder = ownPath(FOLDER);
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, EXPECTATIONS)))
    .sort();
}

export async function readFamily(name: string): Promise<Family> {
  const dir = ownPath(`${FOLDER}/${name}`);
  const { slug, files } = await readProjectFolder(dir);
  const { about, cases } = expectations.parse(parse(await readFile(join(dir, EXPECTATIONS), 'utf8')));
  const all = { ...(await sharedCode()), ...files };
  return { name, about, slug, files: all, cases, timeoutMs: timeouts(files['project.yaml'] ?? '') };
}

async function sharedCode(): Promise<Record<string, string>> {
  const dir = ownPath(`${FOLDER}/${SHARED}`);
  const names = ['common.ts', 'protected.ts'];
  const texts = await Promise.all(names.map((name) => readFile(join(dir, name), 'utf8')));
  return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? '']));
}

function timeouts(text: string): ReadonlyMap<string, number> {
  const parsed = parseManifest(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  const { manifest } = parsed;
  return new Map(manifest.tasks.map((task) => [task.name, jobLimits(manifest, task).timeoutMs]));
}
