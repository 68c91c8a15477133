import { readText } from './arguments.ts';
import type { Connection } from './connection.ts';
import { makeLinkNames } from './links/global.ts';
import { LinkSet } from './links/link-set.ts';
import { Model, makeModel } from './model.ts';
import type { RecordsAnswer } from './record-row.ts';
import { linkHome, RecordSet, recordsOf } from './record-set.ts';
import { makeSyncNames } from './sync/sync-names.ts';

/** Classes that all jobs of a realm share: to be frozen with everything else that is shared. */
export const SHARED_CLASSES: readonly object[] = [RecordSet, LinkSet, Model];

/** `env` of one job and the names of links and syncs beside it. */
export function makeEnvNames(connection: Connection): Record<string, unknown> {
  const home = linkHome(connection);
  return { env: makeEnv(connection), ...makeLinkNames(home), ...makeSyncNames(home) };
}

const MODEL_NAME = /^[A-Za-z0-9._]+$/;
/** Asked of anything, by `await` and by JSON. */
const ASKED_OF_ANYTHING: ReadonlySet<string> = new Set(['then', 'toJSON']);

function makeEnv(connection: Connection): object {
  const functions = Object.freeze({
    /** The record that a module or a project gave this name; null when there is none. */
    async ref(name: unknown): Promise<RecordSet | null> {
      const answer = await connection.call('env.ref', [readText(name, 'env.ref: the name')]);
      const records = recordsOf(connection, answer as RecordsAnswer);
      return records.length === 0 ? null : records;
    },
    transaction: (work: unknown) => connection.transaction(work),
  });
  return new Proxy(functions, {
    get(target, name, receiver) {
      if (typeof name === 'symbol' || name in target || ASKED_OF_ANYTHING.has(name)) {
        return Reflect.get(target, name, receiver);
      }
      if (MODEL_NAME.test(name)) return makeModel(connection, name);
      throw new TypeError(`env takes the name of a model, letters, digits, "." and "_": not "${name}".`);
    },
  });
}
