import { isDeepStrictEqual } from 'node:util';
import type { Actor } from '../runtime.ts';
import type { Move } from './carry-over.ts';
import { show } from './explain.ts';
import { lockedParams } from './locked-params.ts';
import type { Manifest, ParamSpec, TaskSpec, TriggerSpec } from './manifest.ts';
import { manifestSchema } from './schema.ts';
import type { Path, YamlSource } from './yaml-source.ts';

/** Keys of project.yaml that only a Manager may change. */
const MANAGER_KEYS = ['secrets', 'egress', 'env', 'limits', 'realm', 'shared_packages', 'models'] as const;
/** The same, of one task. */
const MANAGER_TASK_KEYS = ['limits', 'realm'] as const;

/** The same, of a webhook: who may call it, and whether a copy of a call counts. */
const MANAGER_WEBHOOK_KEYS = ['auth', 'allow_from', 'dedupe'] as const;
const CALLED_BY_ALL = { auth: null, allow_from: [], dedupe: null } as const;

/** What of a Developer's project.yaml is refused, and what it takes over from the active one. */
export interface ManifestJudgement {
  readonly refused: readonly string[];
  readonly moves: readonly Move[];
}

/** One rule: this place, which stands for `before` in the active version, or for the default in none. */
interface Place {
  readonly at: Path;
  /** The same place in the active project.yaml; null when it is not there. */
  readonly from: Path | null;
  readonly now: unknown;
  readonly before: unknown;
}

/** Judges the parts of a Developer's project.yaml that belong to Managers against those that are active. */
export function judgeManifest(
  { manifest, source }: { readonly manifest: Manifest; readonly source: YamlSource },
  active: Manifest | undefined,
  actor: Actor,
): ManifestJudgement {
  const before = active ?? DEFAULTS;
  const params = judgeParams(manifest, before);
  const places = [
    ...MANAGER_KEYS.map((key) => ({ at: [key], from: [key], now: manifest[key], before: before[key] })),
    ...ledgerPlaces(manifest, before),
    ...taskPlaces(manifest.tasks, before.tasks),
    ...manifest.tasks.flatMap((task, index) => userPlaces(task, index, before, actor)),
    ...manifest.tasks.flatMap((task, index) => webhookPlaces(task, index, before)),
  ];
  const judged = places.filter((place) => !isDeepStrictEqual(place.now, place.before));
  return {
    refused: [...judged.filter(({ at }) => source.has(at)).map(({ at }) => show(at)), ...params.refused],
    moves: [
      ...judged.flatMap(({ at, from }) => (from === null || source.has(at) ? [] : [{ from, to: at }])),
      ...params.moves,
    ],
  };
}

/** What a project has when its project.yaml says nothing. */
const DEFAULTS: Manifest = manifestSchema.parse({ name: 'default', slug: 'default' });
const DEFAULT_TASK = { limits: DEFAULTS.limits, realm: DEFAULTS.realm };

/**
 * The record of what left is not for those to shorten whose code it is about; they may have it kept for longer. What it shows is
 * not for them either way: of personal data there may be too much in it.
 */
function ledgerPlaces(manifest: Manifest, before: Manifest): Place[] {
  const excerpt = { now: manifest.keep.excerpt ?? 'all', before: before.keep.excerpt ?? 'all' };
  const [now, then] = [manifest.keep.ledger, before.keep.ledger];
  const at = ['keep', 'ledger'];
  return [
    ...(now < then ? [{ at, from: at, now, before: then }] : []),
    { at: ['keep', 'excerpt'], from: ['keep', 'excerpt'], ...excerpt },
  ];
}

function taskPlaces(tasks: readonly TaskSpec[], before: readonly TaskSpec[]): Place[] {
  const sources = sourcesOf(tasks, before);
  return tasks.flatMap((task, index) => {
    const same = sources[index] ?? -1;
    const old = before[same] ?? DEFAULT_TASK;
    return MANAGER_TASK_KEYS.map((key) => ({
      at: ['tasks', index, key],
      from: same < 0 ? null : ['tasks', same, key],
      now: task[key],
      before: old[key],
    }));
  });
}

/**
 * For each task the place of the one it was: by its name, else by its file. No task was two: one that is split keeps what
 * a Manager gave it once.
 */
function sourcesOf(tasks: readonly TaskSpec[], before: readonly TaskSpec[]): readonly number[] {
  const byName = tasks.map((task) => before.findIndex((each) => each.name === task.name));
  const taken = new Set(byName);
  return tasks.map((task, index) => {
    const named = byName[index] ?? -1;
    if (named >= 0) return named;
    return before.findIndex((each, place) => each.code === task.code && !taken.has(place));
  });
}

/** Who a cron trigger runs as: the deployer, or who it already was. */
function userPlaces(task: TaskSpec, taskIndex: number, before: Manifest, actor: Actor): Place[] {
  return task.triggers.flatMap((trigger, index) => {
    const now = cronUser(trigger);
    if (trigger.type !== 'cron' || now === (actor.login ?? actor.name)) return [];
    const old = findTrigger(before, trigger.name);
    const from = old === undefined ? null : [...old.path, 'user'];
    return [
      { at: ['tasks', taskIndex, 'triggers', index, 'user'], from, now, before: cronUser(old?.trigger) },
    ];
  });
}

/** Who may call a webhook: a new one may be called by all. */
function webhookPlaces(task: TaskSpec, taskIndex: number, before: Manifest): Place[] {
  return task.triggers.flatMap((trigger, index) => {
    if (trigger.type !== 'webhook') return [];
    const old = findTrigger(before, trigger.name);
    const same = old?.trigger.type === 'webhook' ? old.trigger : undefined;
    return MANAGER_WEBHOOK_KEYS.map((key) => ({
      at: ['tasks', taskIndex, 'triggers', index, key],
      from: same === undefined || old === undefined ? null : [...old.path, key],
      now: trigger[key],
      before: same?.[key] ?? CALLED_BY_ALL[key],
    }));
  });
}

function cronUser(trigger: TriggerSpec | undefined): string | null {
  return trigger?.type === 'cron' ? trigger.user : null;
}

function findTrigger(manifest: Manifest, name: string): { trigger: TriggerSpec; path: Path } | undefined {
  for (const [taskIndex, task] of manifest.tasks.entries()) {
    const index = task.triggers.findIndex((each) => each.name === name);
    const trigger = task.triggers[index];
    if (trigger !== undefined) return { trigger, path: ['tasks', taskIndex, 'triggers', index] };
  }
  return undefined;
}

/** Params marked `manager: true` or used by a rule about hosts belong to Managers, whole entries of them. */
function judgeParams(manifest: Manifest, before: Manifest): ManifestJudgement {
  const locked = lockedParams(before);
  const refused = manifest.params
    .filter(
      (param) =>
        (locked.has(param.key) || param.manager) && !isDeepStrictEqual(param, find(before, param.key)),
    )
    .map((param) => `params.${param.key}`);
  const absent = before.params.filter(({ key }) => locked.has(key) && find(manifest, key) === undefined);
  const moves = absent.map((param, index) => ({
    from: ['params', before.params.indexOf(param)],
    to: ['params', manifest.params.length + index],
  }));
  return { refused, moves };
}

function find(manifest: Manifest, key: string): ParamSpec | undefined {
  return manifest.params.find((param) => param.key === key);
}
