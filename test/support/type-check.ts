import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseManifest } from '../../runtime/project/parse-manifest.ts';
import { generateTypes } from '../../runtime/project/types-file.ts';
import { compileProgram } from '../../sandbox/compile/compile-program.ts';

type Files = Readonly<Record<string, string>>;

/** The type files of a project, made from all of its files; `readable` are those whose text may be seen. */
export async function typesOf(files: Files, readable: Files = files): Promise<Record<string, string>> {
  const { 'project.yaml': yaml = '', ...code } = files;
  const parsed = parseManifest(yaml);
  const compiled = await compileProgram({ files: code, bundle: null });
  if (!parsed.ok || !compiled.ok) throw new Error(`not a project: ${JSON.stringify([parsed, compiled])}`);
  return generateTypes(parsed.manifest, compiled.program, readable);
}

/** What the real compiler says about a folder with these files: `file(line): TSxxxx` in order; empty when all is right. */
export function typeCheck(files: Files): string[] {
  const dir = mkdtempSync(join(tmpdir(), 'sluice-types-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, name)), { recursive: true });
      writeFileSync(join(dir, name), text);
    }
    const packageFile = createRequire(import.meta.url).resolve('typescript/package.json');
    const tsc = join(dirname(packageFile), 'lib', 'tsc.js');
    const { stdout, stderr } = spawnSync(process.execPath, [tsc, '-b', '--noEmit', '--pretty', 'false'], {
      cwd: dir,
      encoding: 'utf8',
    });
    if (stderr !== '') throw new Error(stderr);
    const found = stdout.matchAll(/^(\S+)\((\d+),\d+\): error (TS\d+)/gm);
    return [...found].map(([, file, line, code]) => `${file}(${line}): ${code}`).sort();
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
