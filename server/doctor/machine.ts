import { existsSync, statfsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import path from 'node:path';
import { type Finding, ok, problem, warning } from './finding.ts';

const MB = 1024 ** 2;
const GB = 1024 ** 3;
/** A server with a runner, a spare and one vault. */
const LEAST_MEMORY = 512 * MB;
const GOOD_MEMORY = 900 * MB;
const LEAST_DISK = 200 * MB;
const GOOD_DISK = 2 * GB;

/** The Node.js that runs this, which is the one that runs the server. */
export function checkNode(version = process.versions.node): Finding {
  const major = Number(version.split('.')[0]);
  const text = `Node.js ${version}`;
  if (major === 24) return ok('node', text);
  const todo = 'Use Node.js 24: `npm ci` brings one along, the single binary has it inside.';
  if (major === 26) return warning('node', `${text}: it works, but Sluice is developed on 24.`, todo);
  return problem('node', `${text}: Sluice runs on 24.`, todo);
}

/** Memory of this machine or container. */
export function checkMemory(bytes = Math.min(process.constrainedMemory() || Infinity, totalmem())): Finding {
  const text = `${sizeText(bytes)}, ${availableParallelism()} processors`;
  if (bytes < LEAST_MEMORY) {
    return problem('memory', text, `Give it ${sizeText(GOOD_MEMORY)} or more: jobs would be killed.`);
  }
  if (bytes < GOOD_MEMORY) {
    return warning('memory', text, `Give it ${sizeText(GOOD_MEMORY)} or more for several projects.`);
  }
  return ok('memory', text);
}

/** Free space where the data directory is or will be. `free`: bytes, looked up unless given. */
export function checkDisk(dataDir: string, free = freeBytes(dataDir)): Finding {
  const text = `${sizeText(free)} free for ${dataDir}`;
  const todo = 'Free some space, or choose another place with --data.';
  if (free < LEAST_DISK) return problem('disk', text, todo);
  return free < GOOD_DISK ? warning('disk', text, todo) : ok('disk', text);
}

function freeBytes(dir: string): number {
  const place = existsSync(dir) ? dir : path.dirname(dir);
  if (!existsSync(place)) return freeBytes(place);
  const { bavail, bsize } = statfsSync(place);
  return bavail * bsize;
}

const sizeText = (bytes: number): string =>
  bytes >= GB ? `${(bytes / GB).toFixed(1)} GB` : `${Math.round(bytes / MB)} MB`;
