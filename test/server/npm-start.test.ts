import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { descendants, isAlive } from '../support/processes.ts';
import { until } from '../support/wait-for.ts';

const root = path.resolve(import.meta.dirname, '../..');

describe('npm start', () => {
  it('ends with everything it started when npm alone is told to end', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'sluice-npm-start-'));
    const env = { ...process.env, SLUICE_DATA: path.join(dir, 'data'), SLUICE_PORT: '0' };
    const npm = spawn('npm', ['start'], { cwd: root, env, stdio: ['ignore', 'pipe', 'ignore'] });
    const ended = once(npm, 'exit');
    let said = '';
    npm.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    try {
      await until('it listens', () => said.includes('listening on '), 20_000);
      const all = descendants(npm.pid ?? 0).map(({ pid }) => pid);
      expect(all.length).toBeGreaterThan(0);

      npm.kill('SIGTERM');
      await ended;
      await until('nothing is left', () => !all.some(isAlive));
    } finally {
      for (const { pid } of descendants(npm.pid ?? 0)) process.kill(pid, 'SIGKILL');
      npm.kill('SIGKILL');
      rmSync(dir, { recursive: true });
    }
  });
});
