import { AppError, notFound } from './app-error.ts';
import type { Catalog } from './catalog.ts';
import type { Clock } from './clock.ts';
import { type LiveCron, liveCron } from './cron/plan.ts';
import { randomPath } from './ids.ts';
import type { LiveProject, LiveTrigger } from './live-project.ts';
import { lockedParams } from './project/locked-params.ts';
import type { RunningJobs } from './running-jobs.ts';
import type { Actor } from './runtime.ts';
import type { Store } from './store/store.ts';

export interface SettingsDeps {
  readonly store: Pick<
    Store,
    | 'deleteProject'
    | 'setProjectActive'
    | 'setParam'
    | 'deleteParam'
    | 'setTriggerActive'
    | 'setTriggerNext'
    | 'setTriggerHook'
  >;
  readonly catalog: Pick<Catalog, 'get' | 'refresh' | 'remove'>;
  readonly clock: Clock;
  readonly running: RunningJobs;
}

/** Its hooks end at once, then its running jobs, then everything that is stored of it but the ledger. */
export async function deleteProject(deps: SettingsDeps, slug: string): Promise<void> {
  const { id } = findProject(deps.catalog, slug).project;
  deps.catalog.remove(slug);
  deps.running.cancelAll(`Project ${slug} was deleted.`, id);
  await deps.running.ended(id);
  await deps.store.deleteProject(id);
}

/** Switches a project on or off; its triggers start nothing while it is off. */
export async function setProjectActive(
  deps: SettingsDeps,
  slug: string,
  active: boolean,
): Promise<LiveProject> {
  const { id } = findProject(deps.catalog, slug).project;
  await deps.store.setProjectActive(id, active, deps.clock.now());
  return refreshed(deps.catalog, slug);
}

/** A null value gives the param its initial value back. */
export async function setParam(
  deps: SettingsDeps,
  slug: string,
  key: string,
  value: string | null,
  actor: Actor,
): Promise<void> {
  const { project, version, values } = findProject(deps.catalog, slug);
  const { params } = version.manifest;
  if (!params.some((param) => param.key === key)) {
    throw undeclared('param', key, slug, params);
  }
  if (actor.role !== 'manager' && lockedParams(version.manifest).has(key)) {
    const message = `Param ${key} of project ${slug} decides where data may go. Ask a Manager to set it.`;
    throw new AppError('forbidden', 403, message);
  }
  if (value === null) {
    await deps.store.deleteParam(project.id, key);
  } else {
    requireRoom(slug, { ...values, [key]: value }, value);
    await deps.store.setParam(project.id, key, value, deps.clock.now());
  }
  await deps.catalog.refresh(slug);
}

/** Of one value that is set, in characters. */
const LONGEST_VALUE = 65_536;
/** Of all values of a project, as much as project.yaml may say: each job gets them, and each node reads them. */
const MOST_OF_VALUES = 1024 ** 2;

function requireRoom(slug: string, values: Readonly<Record<string, string>>, value: string): void {
  const all = Object.values(values).reduce((sum, each) => sum + each.length, 0);
  if (value.length <= LONGEST_VALUE && all <= MOST_OF_VALUES) return;
  throw new AppError(
    'param_too_large',
    413,
    `A param has at most ${LONGEST_VALUE} characters, and all params of a project have ${MOST_OF_VALUES}; with this value of ` +
      `${value.length} those of ${slug} would have ${all}. Keep large data in registers or records.`,
  );
}

/** Switches one trigger on or off. */
export async function setTriggerActive(
  deps: SettingsDeps,
  slug: string,
  name: string,
  active: boolean,
): Promise<LiveProject> {
  const live = findProject(deps.catalog, slug);
  findTrigger(live, name);
  await deps.store.setTriggerActive(live.project.id, name, active);
  return refreshed(deps.catalog, slug);
}

/** Sets when a cron trigger runs next; null goes back to what its manifest says. Throws `not_a_cron` (409) for others. */
export async function setTriggerNext(
  deps: SettingsDeps,
  slug: string,
  name: string,
  next: number | null,
): Promise<LiveProject> {
  const live = findProject(deps.catalog, slug);
  cronOf(live, name);
  await deps.store.setTriggerNext(live.project.id, name, next);
  return refreshed(deps.catalog, slug);
}

/** Gives a webhook a new secret path; the old one ends at once. */
export async function rotateHook(deps: SettingsDeps, slug: string, name: string): Promise<LiveProject> {
  const live = findProject(deps.catalog, slug);
  findWebhook(live, name);
  await deps.store.setTriggerHook(live.project.id, name, randomPath());
  return refreshed(deps.catalog, slug);
}

/** The webhook of this name. Throws `not_found` (404) and `not_a_webhook` (409). */
export function findWebhook(live: LiveProject, name: string): LiveTrigger {
  const trigger = findTrigger(live, name);
  const { type } = trigger.spec;
  if (type === 'webhook') return trigger;
  const message = `Trigger ${name} is a ${type} trigger. Only webhooks have a URL and deliveries.`;
  throw new AppError('not_a_webhook', 409, message);
}

/** The project of this name. Throws `not_found` (404). */
export function findProject(catalog: Pick<Catalog, 'get'>, slug: string): LiveProject {
  const live = catalog.get(slug);
  if (live === undefined) throw notFound(`The project ${JSON.stringify(slug)}`);
  return live;
}

/** The trigger of this name. Throws `not_found` (404). */
export function findTrigger(live: LiveProject, name: string): LiveTrigger {
  const trigger = live.triggersByName.get(name);
  if (trigger === undefined) throw notFound(`The trigger ${JSON.stringify(name)} of ${live.project.slug}`);
  return trigger;
}

/** The cron trigger of this name. Throws `not_found` (404) or `not_a_cron` (409). */
export function cronOf(live: LiveProject, name: string): LiveCron {
  const { type } = findTrigger(live, name).spec;
  const cron = liveCron(live, name);
  if (cron !== undefined) return cron;
  throw new AppError(
    'not_a_cron',
    409,
    `Trigger ${name} is a ${type} trigger; only cron triggers have planned runs.`,
  );
}

/** 404 that names what is declared. */
export function undeclared(
  kind: 'param' | 'secret',
  key: string,
  slug: string,
  declared: readonly { readonly key: string }[],
): AppError {
  const names = declared.map((entry) => entry.key).join(', ') || 'none';
  const hint = `Declared in its project.yaml: ${names}.`;
  return notFound(`The ${kind} ${key} of project ${slug}`, hint);
}

/** The view after a change. */
export async function refreshed(catalog: Pick<Catalog, 'refresh'>, slug: string): Promise<LiveProject> {
  const live = await catalog.refresh(slug);
  if (live === undefined) throw notFound(`The project ${JSON.stringify(slug)}`, 'It was deleted meanwhile.');
  return live;
}
