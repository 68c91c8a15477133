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

/** For a host on which everything else starts as well; only a program that hangs takes it all. */
const PROBE_MS = 5000;

/** Runs a command that only looks, and ends it after `ms`. Never rejects. */
export function probe([command = '', ...args]: readonly string[], ms: number = PROBE_MS): Promise<Probed> {
  const options = { env: { LC_ALL: 'C' }, cwd: '/' };
  return new Promise((resolve) => {
    const child = execFile(command, args, options, (error, stdout, stderr) => {
      clearTimeout(timer);
      if (error === null) return resolve({ ok: true, text: stdout });
      const said = `${stdout}${stderr}`.trim().split('\n').at(-1) ?? '';
      const how = error.killed ? `it did not end within ${ms / 1000} s` : `exit code ${error.code}`;
      resolve({ ok: false, reason: said === '' ? how : said });
    });
    // A timeout of `execFile` drops what was written when this thread comes to it late, and calls that a success.
    let timer = setTimeout(() => {
      child.kill('SIGKILL');
      // A program of its own that it has left behind may hold its output open.
      timer = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, ms);
    }, ms);
  });
}
