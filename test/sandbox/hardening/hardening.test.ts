import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { childFiles } from '../../../sandbox/child-command.ts';
import { bubblewrapStep } from '../../../sandbox/hardening/bubblewrap.ts';
import { childProcessOf } from '../../../sandbox/hardening/child-process.ts';
import { findHardening, type Hardening } from '../../../sandbox/hardening/find-hardening.ts';
import { SANDBOX_LEVELS, type SandboxLevel } from '../../../sandbox/hardening/levels.ts';
import { limitsStep } from '../../../sandbox/hardening/limits.ts';
import type { ShutIn } from '../../../sandbox/hardening/step.ts';
import { isAlive, processes } from '../../support/processes.ts';
import { runShutIn, seenFromInside } from '../../support/shut-in.ts';

const CANARY = 'canary-of-the-keyring';
const base = mkdtempSync(path.join(tmpdir(), 'sluice-hardening-'));
const dataDir = path.join(base, 'data');
const work = path.join(base, 'work');
let listener: Server;
let port = 0;
let neighbour: ReturnType<typeof spawn>;

beforeAll(async () => {
  chmodSync(base, 0o755);
  mkdirSync(dataDir, { mode: 0o700 });
  mkdirSync(work, { mode: 0o777 });
  writeFileSync(path.join(dataDir, 'keyring.json'), CANARY, { mode: 0o644 });
  listener = createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
  // Stands for the server: it has a secret in its environment.
  neighbour = spawn('sleep', ['600'], { env: { SLUICE_ADMIN_TOKEN: CANARY, PATH: process.env.PATH } });
});

afterAll(() => {
  neighbour.kill('SIGKILL');
  listener.close();
  rmSync(base, { recursive: true, force: true });
});

const places = () => ({ shared: childFiles(), secret: [dataDir] });
const reaches = ({ level }: Hardening, least: SandboxLevel) =>
  SANDBOX_LEVELS.indexOf(level) >= SANDBOX_LEVELS.indexOf(least);
const runner = (hardening: Hardening): ShutIn => ({
  role: 'runner',
  uid: hardening.nextUser(),
  directory: undefined,
});

/** Tries everything and prints what worked. */
const attack = (): string => `
  const fs = require('node:fs'), net = require('node:net');
  const attempt = (run) => { try { return run() } catch (error) { return error.code ?? 'error' } };
  const keyring = attempt(() => fs.readFileSync(${JSON.stringify(path.join(dataDir, 'keyring.json'))}, 'utf8'));
  const files = attempt(() => fs.readdirSync(${JSON.stringify(dataDir)}).length);
  const environ = attempt(() => fs.readFileSync('/proc/${neighbour.pid}/environ', 'utf8'));
  const memory = attempt(() => fs.openSync('/proc/${neighbour.pid}/mem', 'r'));
  const killed = attempt(() => process.kill(${neighbour.pid}, 0));
  const done = (connect) => console.log(JSON.stringify({ keyring, files, environ, memory, killed, connect }));
  net.connect(${port}, '127.0.0.1').on('data', () => done('connected')).on('error', (error) => done(error.code));
`;

const LOOK_AT_STATUS = `
  const lines = require('node:fs').readFileSync('/proc/self/status', 'utf8').split('\\n');
  console.log(JSON.stringify(Object.fromEntries(lines.map((line) => line.split(':').map((part) => part.trim())))));
`;

describe('code that has broken out of V8', () => {
  it('could do all of it if nothing were done', async () => {
    const seen = await seenFromInside([], attack());
    expect(seen).toMatchObject({ keyring: CANARY, files: 1, killed: true, connect: 'connected' });
    expect(seen.environ).toContain(CANARY);
  });

  it('meets what the level of this host promises', async () => {
    const hardening = await findHardening(places());
    const seen = await seenFromInside(hardening.words(runner(hardening)), attack());
    if (reaches(hardening, 'offline'))
      expect(seen.connect).toMatch(/^(ENETUNREACH|EADDRNOTAVAIL|ECONNREFUSED)$/);
    if (reaches(hardening, 'sealed')) {
      expect(JSON.stringify(seen)).not.toContain(CANARY);
      for (const attempt of ['keyring', 'files', 'environ', 'memory', 'killed']) {
        expect(seen[attempt]).toMatch(/^(EACCES|EPERM|ENOENT|ESRCH)$/);
      }
    }
  });

  it('meets the same in a room of bubblewrap, where that works', async ({ skip }) => {
    const { measure, words } = await bubblewrapStep(places());
    skip(!measure.taken, measure.text);
    const seen = await seenFromInside(
      words({ role: 'runner', uid: undefined, directory: undefined }),
      attack(),
    );
    expect(seen).toEqual({
      keyring: 'ENOENT',
      files: 'ENOENT',
      environ: 'ENOENT',
      memory: 'ENOENT',
      killed: 'ESRCH',
      connect: 'ECONNREFUSED',
    });
  });

  it('cannot look into another child', async ({ skip }) => {
    const hardening = await findHardening(places());
    skip(!reaches(hardening, 'sealed'), hardening.level);
    const [command = '', ...args] = [...hardening.words(runner(hardening)), process.execPath, '-e'];
    const other = spawn(command, [...args, 'setInterval(() => {}, 1000); process.stderr.write("up")'], {
      env: { SECRET: CANARY },
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    try {
      if (other.stderr) await once(other.stderr, 'data');
      const pid = childProcessOf(other.pid ?? 0);
      const look = `
        const fs = require('node:fs');
        const attempt = (run) => { try { return run() } catch (error) { return error.code ?? 'error' } };
        console.log(JSON.stringify({
          environ: attempt(() => fs.readFileSync('/proc/${pid}/environ', 'utf8')),
          kill: attempt(() => process.kill(${pid}, 'SIGKILL')),
        }))`;
      const seen = await seenFromInside(hardening.words(runner(hardening)), look);
      expect(seen.environ).toMatch(/^(EACCES|ENOENT)$/);
      expect(seen.kill).toMatch(/^(EPERM|ESRCH)$/);
      expect(isAlive(pid ?? 0)).toBe(true);
    } finally {
      other.kill('SIGKILL');
    }
  });

  it('has no rights and gets none', async ({ skip }) => {
    const hardening = await findHardening({ shared: [...places().shared, '/proc'], secret: [dataDir] });
    skip(!hardening.measures.some(({ name, taken }) => name === 'rights' && taken));
    skip(
      hardening.measures.some(({ name, taken }) => name === 'bubblewrap' && taken),
      'it shows no /proc',
    );
    const status = await seenFromInside(hardening.words(runner(hardening)), LOOK_AT_STATUS);
    expect(status).toMatchObject({ NoNewPrivs: '1', CapEff: '0000000000000000', CapPrm: '0000000000000000' });
  });

  it('writes no file larger than its record and dumps no core', async ({ skip }) => {
    const { measure, words } = await limitsStep();
    skip(!measure.taken, measure.text);
    const prefix = words({ role: 'runner', uid: undefined, directory: undefined });
    const large = `try { require('node:fs').writeFileSync('large', Buffer.alloc(5e6)); console.log('"written"') }
      catch (error) { console.log(JSON.stringify({ code: error.code })) }`;
    expect(await seenFromInside(prefix, large, { cwd: work })).toEqual({ code: 'EFBIG' });
    const { how } = await runShutIn(prefix, 'process.abort()', { cwd: work });
    expect(['SIGABRT', 'SIGTRAP', 'SIGILL']).toContain(how);
    expect(readdirSync(work)).toEqual(['large']);
  });

  it('opens few files', async ({ skip }) => {
    const hardening = await findHardening(places());
    skip(!reaches(hardening, 'limited'), hardening.level);
    const flood = `const fs = require('node:fs'); let files = 0, code;
      try { for (;;) { fs.openSync('/dev/null'); files += 1 } } catch (error) { code = error.code }
      console.log(JSON.stringify({ files, code }))`;
    const hasDevices = !hardening.measures.some(({ name, taken }) => name === 'bubblewrap' && taken);
    skip(!hasDevices, 'there is no /dev');
    const seen = await seenFromInside(hardening.words(runner(hardening)), flood);
    expect(seen.code).toBe('EMFILE');
    expect(seen.files).toBeLessThan(256);
  });
});

describe('the compiler', () => {
  it('cannot allocate more than its limit', async ({ skip }) => {
    const { measure, words } = await limitsStep();
    skip(!measure.taken, measure.text);
    const grow =
      'const all = []; for (let i = 0; i < 64; i += 1) all.push(Buffer.alloc(1 << 26, 1)); console.log("{}")';
    const { stdout, how } = await runShutIn(
      words({ role: 'compiler', uid: undefined, directory: undefined }),
      grow,
    );
    expect(stdout).toBe('');
    expect(how).not.toBe(0);
  });
});

describe('what a child is started with', () => {
  it('reaches it through all words: the pipe and another open file', async () => {
    const hardening = await findHardening(places());
    const heldFd = openSync(path.join(base, 'record'), 'w+');
    const program = `const fs = require('node:fs');
      fs.writeSync(4, 'record');
      const pipe = new (require('node:net').Socket)({ fd: 3, readable: true, writable: true });
      pipe.on('data', (echo) => { console.log(JSON.stringify({ echo: String(echo), env: process.env })); process.exit() });
      pipe.write('ping');`;
    const seen = await seenFromInside(hardening.words(runner(hardening)), program, { heldFd });
    expect(seen).toMatchObject({ echo: 'ping' });
    const names = Object.keys(seen.env as object).filter((name) => name !== 'PWD');
    expect(names).toEqual([]);
  });

  it('is one process that we know, and goes when that is killed', async () => {
    const hardening = await findHardening(places());
    const bubblewrap = await bubblewrapStep(places());
    const ways = [
      hardening.words(runner(hardening)),
      ...(bubblewrap.measure.taken ? [bubblewrap.words(runner(hardening))] : []),
    ];
    for (const words of ways) {
      const program = 'setInterval(() => {}, 1000); process.stderr.write("up")';
      const [command = '', ...args] = [...words, process.execPath, '-e', program];
      const child = spawn(command, args, { env: {}, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
      if (child.stderr) await once(child.stderr, 'data');
      const pid = childProcessOf(child.pid ?? 0) ?? 0;
      expect(processes().find((seen) => seen.pid === pid)?.command[0]).toBe(process.execPath);
      child.kill('SIGKILL');
      await expect.poll(() => isAlive(pid)).toBe(false);
    }
  });
});
