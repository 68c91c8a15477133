import './prepare.ts';
import { createEntries } from './entries.ts';
import type { Post } from './post.ts';
import { hostOf } from './web/host.ts';
import { createWorld, type World } from './world.ts';

/**
 * The bootstrap of a realm that one job has to itself (`realm: own`). Nothing is frozen, so code of the job can change what
 * this code of ours stands on. What it gains is only its own: the host functions do nothing but what the job may ask
 * anyway, the isolate holds no other job, and the server counts again what leaves.
 */
export function boot(post: Post, hostNames: string, ...hostFunctions: unknown[]) {
  return createEntries(onGlobal(createWorld(hostOf(hostNames, hostFunctions))), post);
}

/** The names of the job become those of the real global object: libraries look for each other there. */
function onGlobal(world: World): World {
  return {
    ...world,
    capabilities(job, own) {
      const names = world.capabilities(job, own);
      for (const key of [...Object.keys(world.shared), ...Object.keys(names)]) {
        const value = key === 'globalThis' ? globalThis : names[key];
        Object.defineProperty(globalThis, key, { value, writable: true, configurable: true });
      }
      return globalThis as unknown as typeof names;
    },
  };
}
