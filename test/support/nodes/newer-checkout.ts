import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const MIGRATIONS = 'runtime/store/migrations';

export interface NewerCheckout extends Disposable {
  /** Starts it. */
  readonly launcher: string;
}

/** This Sluice with one more migration, as the next version would be. `postgresSql` is what that does to PostgreSQL. */
export function newerCheckout(postgresSql: string): NewerCheckout {
  const dir = mkdtempSync(path.join(tmpdir(), 'sluice-newer-'));
  for (const name of ['server', 'runtime', 'sandbox', 'scripts', 'package.json'])
    cpSync(path.join(ROOT, name), path.join(dir, name), { recursive: true });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(dir, 'node_modules'));
  const step = `export const sql = '';\nexport const postgresSql = ${JSON.stringify(postgresSql)};\n`;
  writeFileSync(path.join(dir, MIGRATIONS, '9999-newer.ts'), step);
  const all = path.join(dir, MIGRATIONS, 'all.ts');
  const listed = readFileSync(all, 'utf8');
  const longer = listed.replace(/,\n\];/, ',\n  newer,\n];');
  if (longer === listed) throw new Error('The list of migrations does not look as it did.');
  writeFileSync(all, `import * as newer from './9999-newer.ts';\n${longer}`);
  return {
    launcher: path.join(dir, 'server/launch.cjs'),
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}
