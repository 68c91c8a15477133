import path from 'node:path';
import { hostHardening } from '../../sandbox/hardening/host-hardening.ts';
import type { Config } from '../config.ts';
import { checkClock, checkDataDir, checkKeyring, checkLock } from './data.ts';
import { checkDatabase } from './database.ts';
import type { Finding } from './finding.ts';
import { checkDisk, checkMemory, checkNode } from './machine.ts';
import { checkPort } from './port.ts';
import { checkSandbox, checkTypeChecker } from './shut-in.ts';

/** Looks at everything a start with this configuration depends on. Needs no server, and disturbs none. */
export async function examine(config: Config, env: NodeJS.ProcessEnv): Promise<readonly Finding[]> {
  const dataDir = path.resolve(config.data);
  const lock = checkLock(dataDir);
  const { database_url: url } = config;
  const [hardening, port, database] = await Promise.all([
    hostHardening([dataDir]),
    config.no_http ? undefined : checkPort(config.host, config.port, lock.holder),
    url === undefined ? undefined : checkDatabase(url),
  ]);
  return [
    checkNode(),
    checkSandbox(hardening, config.sandbox),
    checkTypeChecker(config.tsc),
    checkDataDir(dataDir),
    checkKeyring(dataDir, env, database?.hasData),
    lock.finding,
    checkDisk(dataDir),
    checkMemory(),
    checkClock(dataDir),
    ...(database === undefined ? [] : [database.finding]),
    ...(port === undefined ? [] : [port]),
  ];
}
