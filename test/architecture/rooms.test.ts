import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
/** Higher rooms may import lower ones; nobody imports tests or the projects shipped in `scripts`. */
const HEIGHT: Readonly<Record<string, number>> = { sandbox: 0, runtime: 1, server: 2 };
const CLOSED = ['scripts', 'test'];
const MAX_LINES = 400;

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter(
      (name) => /\.(ts|cjs|tsx)$/.test(name) && !name.endsWith('.d.ts') && !name.includes('node_modules'),
    );
}

function imports(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found = text.matchAll(/(?:from|import|import\()\s*['"](\.[^'"]+)['"]/g);
  return [...found].map((match) => relative(root, resolve(root, dirname(file), match[1] ?? '')));
}

const heightOf = (path: string): number =>
  CLOSED.includes(roomOf(path)) ? 99 : (HEIGHT[roomOf(path)] ?? -1);
const roomOf = (path: string): string => path.split('/')[0] ?? '';

describe('the rooms', () => {
  it.each(Object.keys(HEIGHT))('%s imports nothing from a room above it', (room) => {
    const up = sources(room).flatMap((file) =>
      imports(file)
        .filter((target) => heightOf(target) > (HEIGHT[room] ?? 0))
        .map((target) => `${file} -> ${target}`),
    );
    expect(up).toEqual([]);
  });

  it('scripts import nothing from the rooms', () => {
    const out = sources('scripts').flatMap((file) =>
      imports(file)
        .filter((target) => roomOf(target) in HEIGHT)
        .map((target) => `${file} -> ${target}`),
    );
    expect(out).toEqual([]);
  });

  it('the server never loads isolated-vm: only a runner does', () => {
    const loading = ['server', 'runtime', 'sandbox']
      .flatMap(sources)
      .filter((file) => /from 'isolated-vm'/.test(readFileSync(join(root, file), 'utf8')));
    expect(loading).toEqual(['sandbox/runner/realm-host.ts']);
  });

  it(`no file is longer than ${MAX_LINES} lines`, () => {
    const long = [...Object.keys(HEIGHT), 'scripts', 'test']
      .flatMap(sources)
      .filter((file) => !file.endsWith('.gen.ts'))
      .filter((file) => readFileSync(join(root, file), 'utf8').split('\n').length > MAX_LINES + 1);
    expect(long).toEqual([]);
  });
});
