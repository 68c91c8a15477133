import { jobLimits } from './job-limits.ts';
import type { LiveProject, LiveTrigger } from './live-project.ts';
import { liveTexts } from './live-texts.ts';
import type { Manifest } from './project/manifest.ts';
import type { LoadedProject } from './store/project-store.ts';

type Values = Record<string, string>;

/** Keys are chosen by people: without a prototype, none of them is special. */
const empty = (): Values => Object.create(null);

/** The frozen view that jobs work on. `secrets` are the opened ones; those the manifest does not declare are left out. */
export function liveView(
  loaded: LoadedProject,
  secrets: ReadonlyMap<string, string>,
  hookUrl: string,
): LiveProject {
  const { manifest } = loaded.version;
  const triggersByName = liveTriggers(loaded);
  return Object.freeze({
    ...loaded,
    values: Object.freeze(effectiveValues(manifest, loaded.params)),
    ...liveTexts(manifest.texts),
    webhooks: Object.freeze(webhookUrls(triggersByName, hookUrl)),
    secrets: Object.freeze(declaredSecrets(manifest, secrets)),
    triggersByName,
  });
}

function effectiveValues(manifest: Manifest, set: Readonly<Values>): Values {
  const values = empty();
  for (const { key, value } of manifest.params) {
    values[key] = Object.hasOwn(set, key) ? (set[key] ?? value) : value;
  }
  return values;
}

function declaredSecrets(manifest: Manifest, opened: ReadonlyMap<string, string>): Values {
  const secrets = empty();
  for (const { key } of manifest.secrets) {
    const value = opened.get(key);
    if (value !== undefined) secrets[key] = value;
  }
  return secrets;
}

function liveTriggers({ project, version, triggers }: LoadedProject): ReadonlyMap<string, LiveTrigger> {
  const rows = new Map(triggers.map((row) => [row.name, row]));
  const live = new Map<string, LiveTrigger>();
  for (const task of version.manifest.tasks) {
    const limits = jobLimits(version.manifest, task);
    for (const spec of task.triggers) {
      const row = rows.get(spec.name);
      const active = project.active && task.active && (row?.active ?? spec.active);
      live.set(
        spec.name,
        Object.freeze({ spec, task, limits, active, hook: row?.hook ?? null, next: row?.next_at ?? null }),
      );
    }
  }
  return live;
}

function webhookUrls(triggers: ReadonlyMap<string, LiveTrigger>, hookUrl: string): Values {
  const urls = empty();
  for (const [name, { hook }] of triggers) {
    if (hook !== null) urls[name] = `${hookUrl}/hook/${hook}`;
  }
  return urls;
}
