import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type LeftInFiles, searchFiles } from './canary-files.ts';
import { descendants, isAlive, residentBytes } from './processes.ts';
import { type ServerProcess, startProcess } from './server-process.ts';
import { until } from './wait-for.ts';

/** How late the event loop of the server was, in milliseconds. */
export interface LoopDelay {
  readonly count: number;
  readonly p50: number;
  readonly p999: number;
  readonly max: number;
}

/** A server in a process of its own, watched from outside while it is attacked. */
export interface AttackedServer {
  readonly url: string;
  readonly token: string;
  readonly server: ServerProcess;
  /** Since the last call of this. */
  loopDelay(): Promise<LoopDelay>;
  /** The most that one of its children had in memory since the last call of this, in bytes. */
  largestChild(): number;
  /** False once it has ended or was started again. */
  isTheSame(): boolean;
  /** Stops it; resolves with its exit code and the children that live on. */
  stop(): Promise<{ readonly code: number | string; readonly left: readonly number[] }>;
  /** Searches all that it wrote. */
  search(sought: readonly string[]): readonly LeftInFiles[];
  remove(): void;
}

const LOOK_EVERY_MS = 25;

export async function startAttackedServer(): Promise<AttackedServer> {
  const dir = mkdtempSync(path.join(tmpdir(), 'sluice-attack-'));
  const delays = path.join(dir, 'delays.jsonl');
  const token = 'a-manager-token-for-attacks';
  const preload = pathToFileURL(path.join(import.meta.dirname, 'loop-delay.ts')).href;
  const server = startProcess(['serve', '--port', '0', '--data', path.join(dir, 'data')], {
    env: {
      HOME: dir,
      SLUICE_ADMIN_TOKEN: token,
      NODE_OPTIONS: `--import=${preload}`,
      LOOP_DELAY_FILE: delays,
    },
  });
  const url = await server.listening();
  const pid = server.child.pid ?? 0;
  const children = new Set<number>();
  let largest = 0;
  const looking = setInterval(() => {
    for (const child of descendants(pid)) {
      children.add(child.pid);
      largest = Math.max(largest, residentBytes(child.pid));
    }
  }, LOOK_EVERY_MS);

  return {
    url,
    token,
    server,
    async loopDelay() {
      const lines = () => readLines(delays);
      const known = lines().length;
      process.kill(pid, 'SIGUSR2');
      await until('the server tells its delays', () => lines().length > known);
      return JSON.parse(lines().at(-1) ?? '');
    },
    largestChild() {
      const most = largest;
      largest = 0;
      return most;
    },
    isTheSame: () => server.child.exitCode === null && server.child.signalCode === null,
    async stop() {
      clearInterval(looking);
      if (server.child.exitCode === null) process.kill(pid, 'SIGTERM');
      const code = await server.ended;
      const left = [...children].filter(isAlive);
      return { code, left };
    },
    search: (sought) => searchFiles(dir, [server.stdout(), server.stderr()], sought),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').trim().split('\n');
  } catch {
    return [];
  }
}
