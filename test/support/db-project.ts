import type { LiveProject } from '../../runtime/live-project.ts';
import { liveView } from '../../runtime/live-view.ts';
import type { DbTrigger, TaskSpec } from '../../runtime/project/manifest.ts';
import type { FieldSpec, ModelDeclaration } from '../../runtime/store/record-store.ts';
import type { Store } from '../../runtime/store/store.ts';
import { deployWrite } from './rows.ts';

/** A db trigger that fires on every change of records of `model`, but for what is said otherwise. */
export const dbTrigger = (name: string, model: string, changes: Partial<DbTrigger> = {}): DbTrigger => ({
  name,
  type: 'db',
  active: true,
  model,
  on: 'create_or_update',
  apply_on: [],
  before_update: [],
  watched_fields: [],
  field: null,
  delay: null,
  direction: null,
  ...changes,
});

/** A declared field that asks for nothing. */
export const declaredField = (name: string, type: FieldSpec['type']): ModelDeclaration['fields'][number] => ({
  name,
  type,
  relation: null,
  required: false,
  unique: false,
  index: false,
  selection: null,
});

/** Puts the project "demo" into a store, without its code: one task with these triggers. `version`: the one that is there; 0: none. */
export async function deployDbProject(
  store: Store,
  triggers: readonly DbTrigger[],
  models: readonly ModelDeclaration[],
  version = 0,
): Promise<LiveProject> {
  const task: TaskSpec = {
    name: 'Task',
    code: 'tasks/t.ts',
    active: true,
    realm: 'hardened',
    limits: { timeout: null, cpu: null, memory: null, concurrency: null },
    retry: null,
    triggers,
  };
  const { manifest } = deployWrite();
  const loaded = await store.deploy(
    deployWrite({
      manifest: { ...manifest, models, tasks: [task] },
      models,
      triggers: triggers.map(({ name }) => ({ name, type: 'db', hook: null })),
      expected_version: version,
    }),
  );
  if (loaded === null) throw new Error('The deploy was refused.');
  return liveView(loaded, new Map(), 'http://hooks.test');
}
