import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface NodeCounts {
  readonly statements: number;
  /** Bytes to the database. */
  readonly sent: number;
  readonly trips: number;
  readonly cpu: NodeJS.CpuUsage;
}

/** A process that works on a queue. */
export interface BenchNode {
  readonly pid: number;
  /** Starts that it told of: job, and microseconds of the machine's clock. */
  readonly starts: ReadonlyMap<string, number>;
  stop(): Promise<NodeCounts>;
}

/** `program`: a file beside this one. Resolves when it works. */
export async function benchNode(program: string, args: readonly string[]): Promise<BenchNode> {
  const file = new URL(`./${program}`, import.meta.url).pathname;
  const child = spawn(process.execPath, ['--no-node-snapshot', file, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const starts = new Map<string, number>();
  const counts = Promise.withResolvers<NodeCounts>();
  const ready = Promise.withResolvers<void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [at, word, ...rest] = line.split(' ');
    if (word === 'start') starts.set(rest.join(' '), Number(at));
    else if (word === 'ready') ready.resolve();
    else if (word === 'counts') counts.resolve(JSON.parse(rest.join(' ')));
  });
  const ended = once(child, 'exit');
  ended.then(([code]) => ready.reject(new Error(`${program} ended with ${code}`)));
  await ready.promise;
  return {
    pid: child.pid ?? 0,
    starts,
    async stop() {
      child.stdin.write('stop\n');
      await ended;
      return counts.promise;
    },
  };
}
