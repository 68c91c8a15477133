import path from 'node:path';
import { hostHardening } from '../../sandbox/hardening/host-hardening.ts';
import type { Config } from '../config.ts';
import { checkClock, checkDataDir, checkKeyring, checkLock } from './data.ts';
import type { Finding } from './finding.ts';
import { checkDisk, checkMemory, checkNode } from './machine.ts';
import { checkPort } from './port.ts';
import { checkSandbox, checkTypeChecker } from './shut-in.ts';

/** Looks at everything a start with this configuration depends on. Needs no server, and disturbs none. */
export async function examine(config: Config, env: NodeJS.ProcessEnv): Promise<readonly Finding[]> {
  const dataDir = path.resolve(config.data);
  const lock = checkLock(dataDir);
  const [hardening, port] = await Promise.all([
    hostHardening([dataDir]),
    checkPort(config.host, config.port, lock.holder),
  ]);
  return [
    checkNode(),
    checkSandbox(hardening, config.sandbox),
    checkTypeChecker(config.tsc),
    checkDataDir(dataDir),
    checkKeyring(dataDir, env),
    lock.finding,
    checkDisk(dataDir),
    checkMemory(),
    checkClock(dataDir),
    port,
  ];
}
