import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { cutProxy } from '../postgres/cut-proxy.ts';

const PROGRAM = new URL('./node-process.ts', import.meta.url).pathname;

/** A node that a test does bad things to. */
export interface FailingNode {
  readonly name: string;
  /** Starts it again when it is dead; resolves when it works, or has ended. */
  begin(): Promise<void>;
  kill(): Promise<void>;
  /** Stops it where it is, and lets it go on: all its processes, as a machine that sleeps does. */
  freeze(): void;
  thaw(): void;
  /** Its wire to the database. */
  cut(): void;
  mend(): void;
  /** Its database is on this port of 127.0.0.1 from now on. */
  redirect(port: number): void;
  /** It takes no event more; resolves with its exit code when nothing is left to do. */
  drain(): Promise<number | null>;
  /** For good. */
  stop(): Promise<void>;
}

/** `hear` gets each line that it says; the clock of its machine is `ahead` milliseconds before the true one. */
export async function failingNode(
  name: string,
  ahead: number,
  database: string,
  hear: (node: string, line: string) => void,
): Promise<FailingNode> {
  const place = new URL(database);
  const proxy = await cutProxy(Number(place.port));
  place.port = String(proxy.port);
  let node: ChildProcess | undefined;

  const isAlive = (child: ChildProcess | undefined): child is ChildProcess =>
    child !== undefined && child.exitCode === null && child.signalCode === null;

  /** Its runners are in its group. */
  function signal(which: NodeJS.Signals): void {
    if (isAlive(node) && node.pid !== undefined) process.kill(-node.pid, which);
  }

  async function kill(): Promise<void> {
    if (!isAlive(node)) return;
    const gone = once(node, 'exit');
    signal('SIGKILL');
    await gone;
  }

  return {
    name,
    kill,
    async begin() {
      if (isAlive(node)) return;
      const began = spawn(process.execPath, ['--import', clockAhead(ahead), PROGRAM, place.href], {
        stdio: ['pipe', 'pipe', process.env.SLUICE_NODES_LOG ? 'inherit' : 'ignore'],
        detached: true,
      });
      node = began;
      const ended = once(began, 'exit');
      const ready = new Promise<void>((resolve) => {
        createInterface({ input: began.stdout }).on('line', (line) => {
          if (line.endsWith(' ready')) resolve();
          else hear(name, line);
        });
      });
      await Promise.race([ready, ended]);
    },
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    cut: proxy.cut,
    mend: proxy.mend,
    redirect: proxy.redirect,
    async drain() {
      if (!isAlive(node)) return 0;
      const ended = once(node, 'exit');
      node.stdin?.write('drain\n');
      const [code] = await ended;
      return code as number | null;
    },
    async stop() {
      await kill();
      await proxy[Symbol.asyncDispose]();
    },
  };
}

const clockAhead = (ms: number): string =>
  `data:text/javascript,const now = Date.now; Date.now = () => now() + ${ms};`;
