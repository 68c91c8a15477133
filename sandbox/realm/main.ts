import './prepare.ts';
import 'ses/lockdown';
import { createEntries } from './entries.ts';
import { SHARED_CLASSES } from './env/env-names.ts';
import { freezeRest, lockRealm } from './lock.ts';
import type { Post } from './post.ts';
import { hostOf } from './web/host.ts';
import { createWorld } from './world.ts';

/**
 * The bootstrap of a hardened realm: runs once in each new context, before any user code. `hostNames` is a JSON list of the
 * names of `hostFunctions`, in their order.
 */
export function boot(post: Post, hostNames: string, ...hostFunctions: unknown[]) {
  lockRealm();
  const world = createWorld(hostOf(hostNames, hostFunctions));
  freezeRest([world.shared, SHARED_CLASSES]);
  return createEntries(world, post);
}
