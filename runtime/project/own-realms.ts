import type { Diagnostic } from '../../sandbox/types.ts';
import type { Manifest } from './manifest.ts';
import type { YamlSource } from './yaml-source.ts';

const COST =
  'is slower: each job makes a realm for it alone, some 20 ms and 3 MB, and nothing in it is frozen. Keep "own" for libraries that must change built-ins';

/** Accepted with a word about its price. */
export function warnOfOwnRealms(manifest: Manifest, source: YamlSource): Diagnostic[] {
  const tasks = manifest.tasks.flatMap((task, index) =>
    task.realm === 'own'
      ? [source.at(['tasks', index, 'realm'], `task "${task.name}": realm "own" ${COST}`)]
      : [],
  );
  if (manifest.realm !== 'own') return tasks;
  return [source.at(['realm'], `realm "own" of Protected Code ${COST}`), ...tasks];
}
