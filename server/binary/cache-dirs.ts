import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Where files may be taken out to, the best place first. A directory that the operator names is the only one. */
export function cacheDirs(env: NodeJS.ProcessEnv): readonly string[] {
  if (env.SLUICE_CACHE_DIR) return [env.SLUICE_CACHE_DIR];
  const { CACHE_DIRECTORY: ofUnit, XDG_CACHE_HOME: ofUser } = env;
  return [
    // systemd gives a list when the unit names several.
    ...(ofUnit ? [ofUnit.split(':')[0] ?? ''] : []),
    ...(ofUser ? [join(ofUser, 'sluice')] : []),
    join(home(), '.cache', 'sluice'),
    join(tmpdir(), `sluice-${process.getuid?.()}`),
  ].filter(isAbsolute);
}

/** "" for a user whom the system has no entry for, as containers may be run, and who has no HOME. */
function home(): string {
  try {
    return homedir();
  } catch {
    return '';
  }
}
