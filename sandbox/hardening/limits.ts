import { availableParallelism } from 'node:os';
import { notTaken, type ShutIn, type Step, taken } from './step.ts';
import { findTool, probe } from './tools.ts';

/**
 * Runners have no bound on address space or data here: V8 sets 512 MB aside for the code of each isolate, as pages that
 * count in full, so that a bound which a few isolates fit into would bound nothing. Their memory is watched instead. The
 * compiler has one isolate, and esbuild none.
 */
const COMPILER_DATA = 2 * 1024 ** 3;
/** The reader has one isolate and what SQLite sorts. */
const DATA = { runner: undefined, compiler: COMPILER_DATA, reader: 2 * 1024 ** 3 };
/**
 * A runner's record of what it is doing. The compiler's files are those that esbuild puts aside for large input, a reader's
 * the one through which SQLite's connections know of each other.
 */
const FILE_BYTES = { runner: 1024 ** 2, compiler: 32 * 1024 ** 2, reader: 64 * 1024 ** 2 };
const OPEN_FILES = 256;
/** Threads count. Those of V8, libuv and the isolates grow with the number of processors. */
const tasks = (): number => 128 + 4 * availableParallelism();
/** When memory runs out the system ends a child, not the server. */
const OOM_SCORE = 500;

const limits = ({ role, uid }: ShutIn): readonly string[] => [
  '--core=0',
  `--fsize=${FILE_BYTES[role]}`,
  `--nofile=${OPEN_FILES}`,
  ...(DATA[role] === undefined ? [] : [`--data=${DATA[role]}`]),
  // The system counts by user: only what has a user to itself can be counted.
  ...(uid === undefined || role === 'reader' ? [] : [`--nproc=${tasks()}`]),
];

/** Limits of the system on one process, by `prlimit` and `choom` of util-linux. */
export async function limitsStep(): Promise<Step> {
  const prlimit = findTool('prlimit');
  const choom = findTool('choom');
  if (prlimit === undefined) {
    return notTaken('limits', 'prlimit is not installed. Install util-linux.');
  }
  const last = choom === undefined ? [] : [choom, '-n', String(OOM_SCORE), '--'];
  const words = (child: ShutIn) => [prlimit, ...limits(child), '--', ...last];
  const cat = findTool('cat') ?? 'cat';
  const child: ShutIn = { role: 'compiler', uid: undefined, directory: undefined };
  const seen = await probe([...words(child), cat, '/proc/self/limits']);
  if (!seen.ok) return notTaken('limits', `prlimit does not work here: ${seen.reason}.`);
  if (!/^Max core file size +0 +0 /m.test(seen.text)) {
    return notTaken('limits', 'prlimit had no effect here.');
  }
  return taken('limits', 'no core dumps, few and small files, first to go when memory runs out', words);
}
