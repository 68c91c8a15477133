import { Realm, type RealmListener } from './realm.ts';

/**
 * The realms of one runner, by program and memory limit. A job goes to a realm of its program that is not busy; when all
 * are, a further one is made up to a bound. Realms are replaced after many jobs or when their heap stays full, and given
 * up when idle. One empty realm is kept ready, so that a program's first job does not wait for it to be made. A job with
 * `realm: own` gets one that nobody had before and that goes with it.
 */
const MAX_REALMS = 4;
const MAX_JOBS_AT_ONCE = 64;
const RECYCLE_AFTER_JOBS = 20_000;
const CHECK_HEAP_EVERY = 200;
const IDLE_MS = 60_000;
/** After a job took the spare: the job itself comes first. */
const NEXT_OWN_MS = 10;

export interface UnitSource {
  readonly program: string;
  readonly code: string;
  readonly filename: string;
  /** Each job gets a realm of its own. */
  readonly own: boolean;
}

export class RealmPool {
  readonly #realms = new Map<string, Realm[]>();
  readonly #units = new Map<string, UnitSource>();
  /** They get no new jobs and are disposed once their last one has ended. */
  readonly #retired = new Set<Realm>();
  readonly #listener: RealmListener;
  #spare: Realm | null = null;
  /** The same for `realm: own`, kept from the first such job on. */
  #ownSpare: Realm | null = null;

  constructor(listener: RealmListener) {
    this.#listener = listener;
  }

  /** Makes the spare; called when the runner has nothing better to do. */
  warm(memoryBytes: number): void {
    if (this.#spare === null) this.#spare = new Realm(memoryBytes, this.#listener);
  }

  addUnit(unit: string, source: UnitSource): void {
    this.#units.set(unit, source);
  }

  /** A realm for a new job of this unit, with the unit loaded. */
  take(unit: string, memoryBytes: number): Realm {
    const source = this.#units.get(unit);
    if (source === undefined) throw new Error(`unit ${unit} was not sent`);
    const realm = source.own
      ? this.#takeOwn(memoryBytes)
      : this.#choose(`${source.program}/${memoryBytes}`, memoryBytes);
    realm.load(unit, source.code, source.filename);
    realm.served += 1;
    return realm;
  }

  /** The job of a realm has ended. */
  left(realm: Realm): void {
    if (realm.own) realm.dispose();
  }

  #takeOwn(memoryBytes: number): Realm {
    const spare = this.#ownSpare;
    this.#ownSpare = null;
    setTimeout(() => {
      this.#ownSpare ??= new Realm(memoryBytes, this.#listener, true);
    }, NEXT_OWN_MS).unref();
    if (spare?.memoryBytes === memoryBytes) return spare;
    spare?.dispose();
    return new Realm(memoryBytes, this.#listener, true);
  }

  #choose(key: string, memoryBytes: number): Realm {
    const realms = (this.#realms.get(key) ?? []).filter(
      (realm) => !realm.disposed && !this.#retireIfSpent(realm),
    );
    const free = realms.find((realm) => !realm.busy && realm.jobs.size < MAX_JOBS_AT_ONCE);
    if (free !== undefined) {
      this.#realms.set(key, realms);
      return free;
    }
    if (realms.length >= MAX_REALMS) return leastLoaded(realms);
    const realm = this.#make(memoryBytes);
    this.#realms.set(key, [...realms, realm]);
    return realm;
  }

  #make(memoryBytes: number): Realm {
    const spare = this.#spare;
    if (spare === null || spare.memoryBytes !== memoryBytes) return new Realm(memoryBytes, this.#listener);
    this.#spare = null;
    return spare;
  }

  /** True when the realm has served long enough or its heap stays full: then it is retired. */
  #retireIfSpent(realm: Realm): boolean {
    if (realm.served >= RECYCLE_AFTER_JOBS) return this.#retire(realm);
    if (realm.served % CHECK_HEAP_EVERY !== CHECK_HEAP_EVERY - 1) return false;
    return realm.usedBytes() > realm.memoryBytes / 2 && this.#retire(realm);
  }

  #retire(realm: Realm): true {
    if (realm.jobs.size === 0) realm.dispose();
    else this.#retired.add(realm);
    return true;
  }

  /** Called now and then: gives idle and retired realms back. */
  sweep(): void {
    const now = performance.now();
    for (const realm of this.#retired) {
      if (realm.jobs.size > 0) continue;
      realm.dispose();
      this.#retired.delete(realm);
    }
    for (const [key, realms] of this.#realms) {
      const kept = realms.filter((realm) => realm.jobs.size > 0 || now - realm.idleSince < IDLE_MS);
      for (const realm of realms) if (!kept.includes(realm)) realm.dispose();
      if (kept.length > 0) this.#realms.set(key, kept);
      else this.#realms.delete(key);
    }
  }
}

function leastLoaded(realms: readonly Realm[]): Realm {
  return realms.reduce((best, realm) => (realm.jobs.size < best.jobs.size ? realm : best));
}
