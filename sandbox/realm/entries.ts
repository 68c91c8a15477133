import type { RealmJob } from './job.ts';
import type { Post } from './post.ts';
import { describeProtected, invokeProtected, type ProtectedJob, startProtected } from './protected-entry.ts';
import { startTask } from './task-entry.ts';
import type { World } from './world.ts';

type Factory = (capabilities: object) => unknown;
type Bytes = Uint8Array[];

/**
 * The functions by which the runner enters a realm. Each entry is made for one known job. Arguments and answers are strings,
 * numbers and bytes.
 */
export function createEntries(world: World, post: Post) {
  const factories = new Map<string, Factory>();
  const jobs = new Map<string, RealmJob>();
  const protectedJobs = new Map<string, ProtectedJob>();

  const factoryOf = (unit: string): Factory => {
    const factory = factories.get(unit);
    if (factory === undefined) throw new Error(`unit ${unit} is not loaded`);
    return factory;
  };
  const forget = (id: string): void => {
    jobs.get(id)?.end();
    jobs.delete(id);
    protectedJobs.delete(id);
  };
  const find = (id: string) => jobs.get(id);

  return {
    /** Keeps a unit's factory under a key. */
    register(unit: string, factory: Factory): void {
      factories.set(unit, factory);
    },
    /** Starts a job of the task realm. */
    start(
      id: string,
      unit: string,
      start: string,
      input: string,
      tails: Bytes,
      names: string,
      nameTails: Bytes,
    ) {
      const given = { text: input, tails };
      const offered = { text: names, tails: nameTails };
      const job = startTask(world, post, id, factoryOf(unit), start, given, offered, () => forget(id));
      jobs.set(id, job);
    },
    /** Makes Protected Code ready for a job. */
    open(id: string, unit: string, startText: string): void {
      const started = startProtected(world, post, id, factoryOf(unit), startText);
      protectedJobs.set(id, started);
      jobs.set(id, started.job);
    },
    invoke(id: string, callId: number, path: string, argsText: string, tails: Bytes): void {
      const opened = protectedJobs.get(id);
      if (opened) invokeProtected(post, opened, callId, path, argsText, tails);
    },
    describe(id: string, callId: number, wanted: string): void {
      const opened = protectedJobs.get(id);
      if (opened) describeProtected(post, opened, callId, JSON.parse(wanted));
    },
    settle(id: string, callId: number, text: string, tails: Bytes): void {
      find(id)?.settle(callId, text, tails);
    },
    refuse(id: string, callId: number, name: string, message: string): void {
      find(id)?.refuse(callId, name, message);
    },
    tick(id: string, timerId: number): void {
      find(id)?.tick(timerId);
    },
    end: forget,
  };
}
