import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import packageJson from '../../package.json' with { type: 'json' };
import { attackTest } from '../attack/attack-test.ts';
import { caseLine, holds, lateLines, reportText } from '../attack/report.ts';
import { newTokenText } from '../token-text.ts';
import { resultsText, withResults } from './attack-results.ts';

/**
 * Attacks a server of its own with the public suite and writes the results into docs/security.md. Run by
 * `npm run attack-report` for each release, on a machine that does nothing else meanwhile.
 */
const ROOT = resolve(import.meta.dirname, '..', '..');
const PAGE = join(ROOT, 'docs', 'security.md');
const CONTROL_SECONDS = 15;

async function report(): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'sluice-attack-report-'));
  const token = newTokenText();
  const server = spawn(
    process.execPath,
    [join(ROOT, 'server', 'launch.cjs'), 'serve', '--port', '0', '--data', data],
    { env: { PATH: process.env.PATH, SLUICE_ADMIN_TOKEN: token }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  try {
    const url = await listening(server);
    const onCase = (result: Parameters<typeof caseLine>[0]) => process.stderr.write(`${caseLine(result)}\n`);
    const found = await attackTest({ url, token, controlSeconds: CONTROL_SECONDS, onCase });
    process.stdout.write(`${[reportText(found), ...lateLines(found)].join('\n')}\n`);
    await writeFile(PAGE, withResults(await readFile(PAGE, 'utf8'), resultsText(found, machine())));
    process.exitCode = holds(found) ? 0 : 1;
  } finally {
    server.kill('SIGTERM');
    await once(server, 'close');
    await rm(data, { recursive: true });
  }
}

async function listening({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('The server has no output.');
  for await (const line of createInterface({ input: stdout })) {
    const [, url] = /^listening on (\S+)$/.exec(line) ?? [];
    if (url !== undefined) {
      stdout.resume();
      return url;
    }
  }
  throw new Error('The server ended before it listened.');
}

const machine = () => ({
  version: packageJson.version,
  node: process.versions.node,
  processors: `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}`,
  memoryGb: Math.round(totalmem() / 1024 ** 3),
});

report();
