import { cancelJob } from './cancel-job.ts';
import { createCatalog } from './catalog.ts';
import { Checkpointer } from './checkpointer.ts';
import { type Clock, systemClock } from './clock.ts';
import { beginConnection } from './connections/begin.ts';
import { finishConnection } from './connections/finish.ts';
import { PendingConnections } from './connections/pending.ts';
import { Ticker } from './cron/ticker.ts';
import { MOST_BYTES } from './env/bounds.ts';
import { createEmbedded, LONGEST_QUERY_MS } from './env/embedded/create-embedded.ts';
import { recordsOf } from './env/records-of.ts';
import { lateGate } from './gate/late-gate.ts';
import { sharedTokens } from './gate/sign/shared-tokens.ts';
import { hexLedgerKeys } from './keyring.ts';
import { LEASE_MS, Leases } from './leases.ts';
import { createLinks } from './links/create-links.ts';
import type { LiveProject } from './live-project.ts';
import { Neighbours } from './nodes/neighbours.ts';
import { watchedWaiting } from './nodes/watched-waiting.ts';
import { Wishes } from './nodes/wishes.ts';
import {
  deleteProject,
  refreshed,
  rotateHook,
  setParam,
  setProjectActive,
  setTriggerActive,
  setTriggerNext,
} from './project-settings.ts';
import { createRegisters } from './registers/create-registers.ts';
import { Sweeper } from './retention/sweeper.ts';
import { retryJob } from './retry-job.ts';
import { RunningJobs } from './running-jobs.ts';
import type { Runtime, RuntimeOptions } from './runtime.ts';
import { keptSecrets } from './sealed/kept-secrets.ts';
import { SecretHits } from './secret-hits.ts';
import { secretBox } from './secrets.ts';
import { setSecret } from './set-secret.ts';
import { shownJob } from './shown-job.ts';
import { TimedTriggers } from './timed/timed-triggers.ts';
import { runButton } from './triggers/button.ts';
import { checkedHook } from './triggers/checked-webhook.ts';
import { plannedRuns, previewCron, runCron } from './triggers/cron.ts';
import { runDb } from './triggers/db.ts';
import { redeliver } from './triggers/redeliver.ts';
import { handleHook } from './triggers/webhook.ts';
import { createWaiting } from './waiting.ts';
import { deliveriesUnderWay } from './webhook/edge/deliveries-under-way.ts';
import { Rates } from './webhook/edge/rates.ts';
import { Refusals } from './webhook/edge/refusals.ts';
import { requestBox } from './webhook/sealed-request.ts';
import { Worker } from './worker.ts';

/** Puts the works together and starts them: takes back what the last process left, then claims what is queued. */
export async function createRuntime(options: RuntimeOptions): Promise<Runtime> {
  const {
    store,
    sandbox,
    hookUrl,
    keyring,
    spoolFolder,
    baseUrl = options.hookUrl,
    ownOrigin = false,
  } = options;
  const {
    clock = { ...systemClock, now: () => store.now() },
    leaseMs = LEASE_MS,
    work = true,
    report = toStandardError,
    maxRecords = MOST_BYTES,
    queryMs = LONGEST_QUERY_MS,
    maxLogBytes = 10 * 1024 ** 3,
  } = options;
  const box = secretBox(keyring);
  const requests = requestBox(keyring);
  const running = new RunningJobs();
  const givenUp = new AbortController();
  const own = createWaiting(clock);
  const waiting = store.isShared ? watchedWaiting({ waiting: own, store, clock }) : own;
  const registers = createRegisters({ store, now: () => clock.now() });
  const links = createLinks({ store, now: () => clock.now() });
  const hits = new SecretHits({ store, now: () => clock.now(), report });
  const gone = (slug: string, id: string) => running.cancelAll(`Project ${slug} was deleted.`, id);
  const catalog = createCatalog({ store, secretBox: box, hookUrl, gone, report });
  const lookAgain = async (slug: string): Promise<void> => {
    if (store.isShared) await catalog.refresh(slug);
  };
  const kept = keptSecrets({ store, secretBox: box, catalog, clock });
  const shared = store.isShared
    ? sharedTokens({ store, secretBox: box, keyring, clock, leaseMs })
    : undefined;
  const gate = lateGate({ store, kept, shared, spoolFolder, now: () => clock.now() });
  const wake = () => {
    if (work) worker.wake();
  };
  const records = { store, catalog, now: () => clock.now(), mostBytes: maxRecords, wake };
  const env = createEmbedded(records, { queryMs });
  const code = { gate, registers, links, env };
  const worker = new Worker({
    store,
    sandbox,
    ...code,
    hits,
    catalog,
    clock,
    requests,
    running,
    waiting,
    leaseMs,
    givenUp: givenUp.signal,
    lookAgain,
    report,
  });
  const pending = new PendingConnections({ store, secretBox: box });
  const redirectUri = `${baseUrl}/oauth/callback`;
  const secretDeps = { store, catalog, clock, secretBox: box };
  const settings = { store, catalog, clock, running };
  const hooks = { store, sandbox, ...code, hits, catalog, clock, running, ownOrigin, leaseMs, wake };
  const visits = {
    store,
    box: requests,
    rates: new Rates(),
    refusals: new Refusals({ store, report }),
    underWay: deliveriesUnderWay({ store, clock, leaseMs }),
    ownOrigin,
    now: () => clock.now(),
  };
  const checked = { ...hooks, requests, visits };
  const byHand = { store, catalog, clock, waiting, wake };
  const wishes = new Wishes({ ...settings, waiting, report });
  const held = () => [...worker.held, ...running.ids];
  const leases = new Leases({
    store,
    clock,
    leaseMs,
    held,
    claims: () => worker.claims,
    end: (id) => void running.cancel(id, 'This process has lost the job.'),
    report,
    wake,
    renewed: () => wishes.look(),
  });
  const clocks = { store, catalog, clock, lookAgain, report, wake };
  const ticker = new Ticker(clocks);
  const timed = new TimedTriggers(clocks);
  const checkpointer = new Checkpointer({ store, clock, report });
  const sweeper = new Sweeper({ store, catalog, clock, report, maxLogBytes });

  async function plan(slug: string): Promise<void> {
    if (work) await Promise.all([ticker.plan(slug), timed.plan(slug)]);
  }
  /** After a change that may move planned runs. */
  async function planned(change: Promise<LiveProject>): Promise<LiveProject> {
    const live = await change;
    await plan(live.project.slug);
    return live;
  }
  const neighbours = new Neighbours({
    store,
    catalog,
    clock,
    changed: plan,
    wished: () => wishes.look(),
    wake,
    report,
  });

  await neighbours.start();
  await catalog.load();
  await store.takeBackJobs(clock.now());
  // Before any of these jobs begins anew.
  await wishes.look();
  leases.start();
  wake();
  if (work) {
    await Promise.all([ticker.start(), timed.start()]);
    sweeper.start();
  }
  checkpointer.start();

  return {
    store,
    project: (slug) => catalog.get(slug),
    projects: () => catalog.list(),
    async deploy(request) {
      // Loaded only now: it brings the reader of YAML, which jobs do not need.
      const { deployProject } = await import('./project/deploy.ts');
      const { joinedWarnings } = await import('./project/joined-warnings.ts');
      const { typeWarnings } = await import('./project/type-warnings.ts');
      const { loaded, warnings } = await deployProject({ store, sandbox, now: () => clock.now() }, request);
      const project = await planned(refreshed(catalog, loaded.project.slug));
      const types = await typeWarnings(sandbox, loaded.version, request.actor);
      return { project, warnings: joinedWarnings(warnings, types) };
    },
    async deleteProject(slug) {
      await deleteProject(settings, slug);
      // Another node's change may have brought it back meanwhile.
      await catalog.refresh(slug);
    },
    setProjectActive: (slug, active) => planned(setProjectActive(settings, slug, active)),
    setParam: (slug, key, value, actor) => setParam(settings, slug, key, value, actor),
    setSecret: (slug, key, value, actor) => setSecret(secretDeps, slug, key, value, actor),
    beginConnection: (slug, key, request, actor) =>
      beginConnection({ catalog, clock, pending, redirectUri }, slug, key, request, actor),
    finishConnection: (returned) =>
      finishConnection(
        { store, catalog, clock, gate, pending, setSecret: (...args) => setSecret(secretDeps, ...args) },
        returned,
      ),
    setTriggerActive: (slug, name, active) => planned(setTriggerActive(settings, slug, name, active)),
    setTriggerNext: (slug, name, next) => planned(setTriggerNext(settings, slug, name, next)),
    plannedRuns: (slug) => plannedRuns(byHand, slug),
    previewCron: (slug, name, count) => previewCron(byHand, slug, name, count),
    rotateHook: (slug, name) => rotateHook(settings, slug, name),
    runTrigger: (request) => {
      const trigger = catalog.get(request.slug)?.triggersByName.get(request.name);
      const run = RUN_BY_HAND[trigger?.spec.type ?? 'button'];
      return run(byHand, request);
    },
    records: (actor, terms) => recordsOf(records, actor, terms),
    cancelJob: (id, actor) =>
      cancelJob({ ...settings, waiting, leaseMs, tell: (news) => neighbours.tell(news) }, id, actor),
    retryJob: (id, actor) => retryJob(byHand, id, actor),
    verifyLedger: (from, terms) => store.verifyLedger({ from }, hexLedgerKeys(keyring), terms),
    shownJob: (job) => shownJob(catalog, job),
    hookOwner(hook) {
      const found = catalog.hook(hook);
      return found?.trigger.active ? found.project.project.slug : undefined;
    },
    handleHook: (hook, request) => handleHook(hooks, hook, request),
    checkedHook: (hook) => checkedHook(checked, hook),
    redeliver: (request) => redeliver(checked, request),
    async stop(graceMs) {
      const loops = [ticker.stop(), timed.stop(), sweeper.stop(), checkpointer.stop(), neighbours.stop()];
      await Promise.all([...loops, stopJobs({ running, worker, clock, givenUp }, graceMs)]);
      await Promise.all([leases.stop(), wishes.stop()]);
      await sandbox.stop();
      await gate.close();
      await store.close();
    },
  };
}

/** A webhook is refused like a button that is none. */
const RUN_BY_HAND = { button: runButton, cron: runCron, db: runDb, webhook: runButton } as const;

/** When the store is away at the end, it may come back for so long. */
const LAST_TRIES_MS = 3_000;

/**
 * Nothing new starts; what still runs after the grace time is given back, or, being a webhook's, ended. What cannot be written then is
 * left to others: its lease ends.
 */
async function stopJobs(
  {
    running,
    worker,
    clock,
    givenUp,
  }: { running: RunningJobs; worker: Worker; clock: Clock; givenUp: AbortController },
  graceMs: number,
): Promise<void> {
  running.stopStarting();
  await worker.stop();
  const stopTimers = [
    clock.after(graceMs, () => running.cancelAll('The server is stopping.')),
    clock.after(graceMs + LAST_TRIES_MS, () => givenUp.abort()),
  ];
  await running.ended();
  for (const stopTimer of stopTimers) stopTimer();
}

function toStandardError(message: string): void {
  process.stderr.write(`${message}\n`);
}
