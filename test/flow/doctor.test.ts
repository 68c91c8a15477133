import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sluice } from '../support/command.ts';
import { startProcess } from '../support/server-process.ts';

const base = mkdtempSync(path.join(tmpdir(), 'sluice-doctor-flow-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));
const names = ['node', 'sandbox', 'types', 'data', 'keyring', 'lock', 'disk', 'memory', 'clock', 'port'];

describe('sluice doctor', () => {
  it('works without a server and beside one, which it leaves alone', async () => {
    const data = path.join(base, 'data');
    const server = startProcess(['serve', '--data', data, '--port', '0'], { cwd: base });
    try {
      const url = new URL(await server.listening());
      const env = { SLUICE_PORT: url.port, SLUICE_DATA: data };
      const { code, stdout } = await sluice(['doctor', '--json'], { cwd: base, env });
      const { ok, findings } = JSON.parse(stdout);
      expect(findings.map(({ name }: { name: string }) => name)).toEqual(names);
      expect([code, ok]).toEqual([0, true]);
      const text = (name: string) => findings.find((each: { name: string }) => each.name === name).text;
      expect(text('lock')).toBe(`in use: by process ${server.child.pid}`);
      expect(text('port')).toMatch(/this data directory/);
      expect(text('keyring')).toMatch(/^one key from /);
      expect((await fetch(new URL('/healthz', url))).status).toBe(200);
    } finally {
      server.child.kill('SIGKILL');
      await server.ended;
    }
    const after = await sluice(['doctor', '--data', data], { cwd: base, env: { SLUICE_PORT: '0' } });
    expect(after.code).toBe(0);
    expect(after.stdout).toMatch(/^ok +lock +free; the last server ended without closing/m);
  });

  it('fails and names the problem', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? `${address.port}` : '';
    other.on('request', (_request, response) => response.end('something else'));
    const { code, stdout, stderr } = await sluice(['doctor'], { cwd: base, env: { SLUICE_PORT: port } });
    other.closeAllConnections();
    other.close();
    expect([code, stderr]).toEqual([1, 'sluice: A server would not work here: port.\n']);
    expect(stdout).toMatch(/^problem +port .*in use/m);
  });

  it('is told what is configured, and says when that is wrong', async () => {
    const { code, stderr } = await sluice(['doctor'], { cwd: base, env: { SLUICE_SANDBOX: 'much' } });
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^sluice: SLUICE_SANDBOX: "much".*require=LEVEL/),
    ]);
  });
});

describe('sluice serve --sandbox', () => {
  it('starts at a level that is reached, and says the level in its log', async () => {
    const server = startProcess([
      'serve',
      '--data',
      path.join(base, 'a'),
      '--port',
      '0',
      '--sandbox',
      'require=basic',
    ]);
    await server.listening();
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(server.stderr()).toMatch(
      / info The sandbox has the level "(basic|limited|offline|sealed)": permissions/,
    );
  });

  it('refuses to start below a level that is required, and names what is missing', async () => {
    // Among the files that children read, and open to every user: neither way to the highest level can close it.
    const cache = path.resolve(import.meta.dirname, '../../node_modules/.cache');
    mkdirSync(cache, { recursive: true });
    const data = mkdtempSync(path.join(cache, 'open-data-'));
    chmodSync(data, 0o755);
    const server = startProcess(['serve', '--data', data, '--port', '0', '--sandbox', 'require=sealed']);
    expect(await server.ended).toBe(2);
    expect(server.stderr()).toMatch(
      /^sluice: The sandbox reaches the level "\w+" .* "sealed" is required\. Missing: .+\n$/,
    );
    expect(server.stderr()).toMatch(/user: .*(every user can read|only root)/);
    expect(server.stderr()).toMatch(/bubblewrap: .*(lies among|not installed)/);
    rmSync(data, { recursive: true });
  });
});
