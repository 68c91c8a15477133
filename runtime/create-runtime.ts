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
import { hexLedgerKeys } from './keyring.ts';
import { Leases } from './leases.ts';
import { createLinks } from './links/create-links.ts';
import type { LiveProject } from './live-project.ts';
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
    clock = systemClock,
    report = toStandardError,
    maxRecords = MOST_BYTES,
    queryMs = LONGEST_QUERY_MS,
    maxLogBytes = 10 * 1024 ** 3,
  } = options;
  const box = secretBox(keyring);
  const requests = requestBox(keyring);
  const running = new RunningJobs();
  const waiting = createWaiting(clock);
  const registers = createRegisters({ store, now: () => clock.now() });
  const links = createLinks({ store, now: () => clock.now() });
  const hits = new SecretHits({ store, now: () => clock.now(), report });
  const catalog = createCatalog({ store, secretBox: box, hookUrl, report });
  const kept = keptSecrets({ store, secretBox: box, catalog, clock });
  const gate = lateGate({ store, kept, spoolFolder, now: () => clock.now() });
  const wake = () => worker.wake();
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
    report,
  });
  const pending = new PendingConnections();
  const redirectUri = `${baseUrl}/oauth/callback`;
  const secretDeps = { store, catalog, clock, secretBox: box };
  const settings = { store, catalog, clock, running };
  const hooks = { store, sandbox, ...code, hits, catalog, clock, running, ownOrigin, wake };
  const visits = {
    store,
    box: requests,
    rates: new Rates(),
    refusals: new Refusals({ store, report }),
    underWay: new Set<string>(),
    ownOrigin,
    now: () => clock.now(),
  };
  const checked = { ...hooks, requests, visits };
  const byHand = { store, catalog, clock, waiting, wake };
  const leases = new Leases({ store, clock, report, wake });
  const ticker = new Ticker({ store, catalog, clock, report, wake });
  const timed = new TimedTriggers({ store, catalog, clock, report, wake });
  const checkpointer = new Checkpointer({ store, clock, report });
  const sweeper = new Sweeper({ store, catalog, clock, report, maxLogBytes });

  /** After a change that may move planned runs. */
  async function planned(change: Promise<LiveProject>): Promise<LiveProject> {
    const live = await change;
    await Promise.all([ticker.plan(live.project.slug), timed.plan(live.project.slug)]);
    return live;
  }

  await catalog.load();
  await store.takeBackJobs(clock.now());
  leases.start();
  worker.wake();
  await Promise.all([ticker.start(), timed.start()]);
  sweeper.start();
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
    deleteProject: (slug) => deleteProject(settings, slug),
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
    cancelJob: (id, actor) => cancelJob({ ...settings, waiting }, id, actor),
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
      const clocks = [ticker.stop(), timed.stop(), sweeper.stop(), checkpointer.stop()];
      await Promise.all([...clocks, stopJobs(running, worker, clock, graceMs)]);
      await leases.stop();
      await sandbox.stop();
      await gate.close();
      await store.close();
    },
  };
}

/** A webhook is refused like a button that is none. */
const RUN_BY_HAND = { button: runButton, cron: runCron, db: runDb, webhook: runButton } as const;

/** Nothing new starts; what still runs after the grace time is given back, or, being a webhook's, ended. */
async function stopJobs(running: RunningJobs, worker: Worker, clock: Clock, graceMs: number): Promise<void> {
  running.stopStarting();
  await worker.stop();
  const giveUp = clock.after(graceMs, () => running.cancelAll('The server is stopping.'));
  await running.ended();
  giveUp();
}

function toStandardError(message: string): void {
  process.stderr.write(`${message}\n`);
}
