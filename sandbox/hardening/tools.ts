import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const PLACES = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin'];

/** The full path of a program of the system; children have no PATH to look it up in. */
export function findTool(name: string): string | undefined {
  return PLACES.map((place) => join(place, name)).find((path) => existsSync(path));
}

/** What a probe wrote, or why it failed, as part of a sentence. */
export type Probed =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: string };

const PROBE_MS = 1000;

/** Runs a command that only looks, and ends it after a second. Never rejects. */
export function probe([command = '', ...args]: readonly string[]): Promise<Probed> {
  const options = { timeout: PROBE_MS, killSignal: 'SIGKILL', env: { LC_ALL: 'C' }, cwd: '/' } as const;
  return new Promise((resolve) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      if (error === null) return resolve({ ok: true, text: stdout });
      const said = `${stdout}${stderr}`.trim().split('\n').at(-1) ?? '';
      const how = error.killed ? `it did not end within ${PROBE_MS / 1000} s` : `exit code ${error.code}`;
      resolve({ ok: false, reason: said === '' ? how : said });
    });
  });
}
