import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

interface Locked {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const root = resolve(import.meta.dirname, '../..');
const lock = JSON.parse(readFileSync(resolve(root, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};

const wantedBy = (locked: Locked): string[] =>
  Object.keys({ ...locked.dependencies, ...locked.devDependencies, ...locked.optionalDependencies });

/** Whether a package at `place` finds `name` in its own node_modules or in one further up. */
function finds(place: string, name: string): boolean {
  if (Object.hasOwn(lock.packages, `${place === '' ? '' : `${place}/`}node_modules/${name}`)) return true;
  if (place === '') return false;
  return finds(place.slice(0, Math.max(0, place.lastIndexOf('/node_modules/'))), name);
}

describe('the lockfile', () => {
  it('holds every package that another one asks for, of every platform (else: `npm ci` fails on a clean machine)', () => {
    const missing = Object.entries(lock.packages).flatMap(([place, locked]) =>
      wantedBy(locked)
        .filter((name) => !finds(place, name))
        .map((name) => `${name}, wanted by ${place || 'package.json'}`),
    );
    expect(missing).toEqual([]);
  });

  it('names no registry', () => {
    expect(readFileSync(resolve(root, 'package-lock.json'), 'utf8')).not.toContain('"resolved"');
  });
});
