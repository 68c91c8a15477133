import { z } from 'zod';
import type { LiveProject, LiveTrigger } from '../../runtime/live-project.ts';
import type { Actor } from '../../runtime/runtime.ts';
import type { ProjectRow } from '../../runtime/store/project-store.ts';
import { hasRole } from '../role-check.ts';
import { maskHookPaths } from '../server-log.ts';
import { time, toTime, toTimeOrNull } from './common.ts';

const summary = {
  slug: z.string(),
  name: z.string(),
  active: z.boolean(),
  version: z.number().int().describe('the active one'),
  created_at: time,
  updated_at: time,
};
export const projectSummary = z.object(summary).meta({ title: 'Project summary' });

export const triggerShape = z
  .object({
    name: z.string(),
    type: z.enum(['webhook', 'button', 'cron', 'db']),
    task: z.string(),
    active: z.boolean().describe('false also when its task or project is switched off'),
    url: z.string().nullable().describe('of a webhook; its secret part is shown from Developer up'),
    next: time.nullable().describe('of a cron trigger: its next planned run, also while it is switched off'),
  })
  .meta({ title: 'Trigger' });

export const projectShape = z
  .object({
    ...summary,
    env: z.string().describe('name of the connection'),
    params: z.array(
      z.object({
        key: z.string(),
        value: z.string(),
        initial: z.string().describe('as deployed'),
        description: z.string(),
        url: z.string(),
        manager: z.boolean(),
      }),
    ),
    texts: z.array(z.object({ key: z.string(), value: z.string(), lang: z.string() })),
    secrets: z.array(
      z.object({ key: z.string(), description: z.string(), sealed: z.boolean(), set: z.boolean() }),
    ),
    tasks: z.array(z.object({ name: z.string(), code: z.string(), active: z.boolean() })),
    triggers: z.array(triggerShape),
    webhooks: z.record(z.string(), z.string()),
  })
  .meta({ title: 'Project' });

/** The next run of each cron trigger, by name. */
export type PlannedRuns = ReadonlyMap<string, number>;

export type TriggerShape = z.infer<typeof triggerShape>;

/** A project in a list. */
export function toSummary(project: ProjectRow): z.infer<typeof projectSummary> {
  const { slug, name, active, version } = project;
  const { created_at, updated_at } = project;
  return { slug, name, active, version, created_at: toTime(created_at), updated_at: toTime(updated_at) };
}

/** A project as `actor` may see it. Secrets are names only. */
export function toProject(
  live: LiveProject,
  actor: Actor,
  planned: PlannedRuns,
): z.infer<typeof projectShape> {
  const { manifest } = live.version;
  return {
    ...toSummary(live.project),
    env: manifest.env,
    params: manifest.params.map(({ key, value, description, url, manager }) => ({
      key,
      value: live.values[key] ?? value,
      initial: value,
      description,
      url,
      manager,
    })),
    texts: manifest.texts.map(({ key, value, lang }) => ({ key, value, lang })),
    secrets: manifest.secrets.map(({ key, description, sealed }) => ({
      key,
      description,
      sealed,
      set: Object.hasOwn(live.secrets, key),
    })),
    tasks: manifest.tasks.map(({ name, code, active }) => ({ name, code, active })),
    triggers: [...live.triggersByName.values()].map((trigger) => toTrigger(live, trigger, actor, planned)),
    webhooks: toWebhooks(live, actor),
  };
}

/** A trigger as `actor` may see it. */
export function toTrigger(
  live: LiveProject,
  { spec, task, active }: LiveTrigger,
  actor: Actor,
  planned: PlannedRuns,
): TriggerShape {
  const url = Object.hasOwn(live.webhooks, spec.name) ? live.webhooks[spec.name] : undefined;
  return {
    name: spec.name,
    type: spec.type,
    task: task.name,
    active,
    url: url === undefined ? null : shownUrl(url, actor),
    next: toTimeOrNull(planned.get(spec.name) ?? null),
  };
}

export function toWebhooks(live: LiveProject, actor: Actor): Record<string, string> {
  return Object.fromEntries(Object.entries(live.webhooks).map(([name, url]) => [name, shownUrl(url, actor)]));
}

/** Who knows a webhook's path can call it, so those who may only read see it masked. */
const shownUrl = (url: string, actor: Actor): string =>
  hasRole(actor, 'developer') ? url : maskHookPaths(url);
