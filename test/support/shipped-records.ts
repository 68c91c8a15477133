import { type Records, recordsOf } from '../../runtime/env/records-of.ts';
import { LINK_OPERATIONS } from '../../runtime/links/operations.ts';
import { openMemoryStore } from '../../runtime/store/sqlite/open.ts';
import type { DbBatch } from '../../runtime/triggers/db-jobs.ts';
import { actor } from './deploys.ts';
import { type CalledEnv, calledEnv, recordDeps } from './records.ts';

const PROJECT = 'project-1';

/** Real records and links for jobs of shipped projects; their changes start nothing. */
export interface ShippedRecords {
  /** As people reach them. */
  readonly records: Records;
  /** As a realm reaches them. */
  readonly env: CalledEnv;
  /** Answers `env` and links; undefined for all other operations. */
  call(operation: string, args: readonly unknown[]): Promise<unknown> | undefined;
  /** Makes records and gives them as a db trigger would. */
  batch(model: string, values: readonly Readonly<Record<string, unknown>>[]): Promise<DbBatch>;
  close(): Promise<void>;
}

export function openShippedRecords(): ShippedRecords {
  const store = openMemoryStore();
  const deps = recordDeps(store);
  const records = recordsOf(deps, actor('manager'));
  const env = calledEnv(deps, PROJECT);
  return {
    records,
    env,
    call(operation, args) {
      if (operation.startsWith('env.')) return env.call(operation, ...args);
      return LINK_OPERATIONS.get(operation)?.({ store, now: Date.now, projectId: PROJECT }, args);
    },
    batch: async (model, values) => ({
      model,
      deleted: false,
      records: await records.create(model, values),
    }),
    close: () => store.close(),
  };
}
