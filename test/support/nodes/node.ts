import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { cutProxy } from '../postgres/cut-proxy.ts';
import { descendants } from '../processes.ts';

const PROGRAM = new URL('./node-process.ts', import.meta.url).pathname;

/** A node that a test does bad things to. */
export interface FailingNode {
  readonly name: string;
  /** Starts it again when it was killed; resolves when it works, or has ended. Throws when it ended by itself, as `drain` does. */
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

  /** Its runners have groups of their own. */
  function signal(which: NodeJS.Signals): void {
    if (!isAlive(node) || node.pid === undefined) return;
    for (const pid of [node.pid, ...descendants(node.pid).map((child) => child.pid)]) {
      try {
        process.kill(pid, which);
      } catch {
        // It has ended meanwhile.
      }
    }
  }

  async function kill(): Promise<void> {
    if (!isAlive(node)) return;
    const gone = once(node, 'close');
    signal('SIGKILL');
    await gone;
  }

  /** None of a node's troubles may end it; who was killed has no exit code. */
  function refuseEnded(): void {
    if (typeof node?.exitCode === 'number')
      throw new Error(`Node ${name} has ended by itself with ${node.exitCode}.`);
  }

  return {
    name,
    kill,
    async begin() {
      if (isAlive(node)) return;
      refuseEnded();
      const began = spawn(process.execPath, ['--import', clockAhead(ahead), PROGRAM, place.href], {
        stdio: ['pipe', 'pipe', process.env.SLUICE_NODES_LOG ? 'inherit' : 'ignore'],
        detached: true,
      });
      node = began;
      const ended = once(began, 'close');
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
      refuseEnded();
      if (!isAlive(node)) throw new Error(`Node ${name} was not begun again.`);
      const ended = once(node, 'close');
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
