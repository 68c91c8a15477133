import { decode } from '../../sandbox/wire/decode.ts';
import type { RegisterPlace, RegisterStore } from '../store/register-store.ts';
import { ifVersionFrom, limitFrom, nameFrom, optionsFrom, stepFrom, textFrom } from './arguments.ts';
import { conflictMessage, FULL, keptForm, LARGEST_LIST, MOST_OF_PROJECT, TOO_LARGE } from './bounds.ts';

export interface RegisterCaller {
  readonly store: RegisterStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly projectId: string;
  readonly from: 'task' | 'protected';
}

export type RegisterOperation = (caller: RegisterCaller, args: readonly unknown[]) => Promise<unknown>;

/** What code calls as `registers.NAME(...)`; arguments as they came, results as plain data. */
export const REGISTER_OPERATIONS: ReadonlyMap<string, RegisterOperation> = new Map<string, RegisterOperation>(
  [
    ['registers.get', get],
    ['registers.set', set],
    ['registers.delete', remove],
    ['registers.entries', entries],
    ['registers.increment', increment],
  ],
);

function placeOf({ projectId, from }: RegisterCaller, [name, key]: readonly unknown[]): RegisterPlace {
  return { project_id: projectId, name: nameFrom(name, from), key: textFrom('key', key) };
}

const termsOf = ({ now }: RegisterCaller) => ({ at: now(), most_bytes: MOST_OF_PROJECT });

async function get(caller: RegisterCaller, args: readonly unknown[]): Promise<unknown> {
  const entry = await caller.store.getRegister(placeOf(caller, args));
  return entry === undefined ? null : { value: decode(entry.value), version: entry.version };
}

async function set(caller: RegisterCaller, args: readonly unknown[]): Promise<number> {
  const place = placeOf(caller, args);
  const [, , given, options] = args;
  const if_version = ifVersionFrom(optionsFrom(options, ['if_version']));
  const value = keptForm(given);
  if (value === undefined) throw new RangeError(TOO_LARGE);
  const written = await caller.store.setRegister({ ...place, ...termsOf(caller), value, if_version });
  if (written.kind === 'conflict') throw conflict(place, if_version, written.version);
  if (written.kind === 'full') throw new RangeError(FULL);
  return written.version;
}

async function remove(caller: RegisterCaller, args: readonly unknown[]): Promise<boolean> {
  const place = placeOf(caller, args);
  const if_version = ifVersionFrom(optionsFrom(args[2], ['if_version']));
  const deleted = await caller.store.deleteRegister({ ...place, if_version });
  if (deleted.kind === 'conflict') throw conflict(place, if_version, deleted.version);
  return deleted.kind === 'deleted';
}

async function increment(caller: RegisterCaller, args: readonly unknown[]): Promise<number> {
  const place = placeOf(caller, args);
  const by = stepFrom(args[2]);
  const written = await caller.store.incrementRegister({ ...place, ...termsOf(caller), by });
  if (written.kind === 'full') throw new RangeError(FULL);
  if (written.kind === 'written' && written.value !== undefined) return written.value;
  throw new TypeError(`${place.name}/${place.key} holds no number, or one that would become infinite.`);
}

async function entries(caller: RegisterCaller, [given, options]: readonly unknown[]): Promise<unknown> {
  const name = nameFrom(given, caller.from);
  const known = optionsFrom(options, ['prefix', 'limit', 'after']);
  const [prefix, last] = [known.get('prefix') ?? '', known.get('after') ?? ''];
  const after = last === '' ? undefined : { name, key: textFrom('key', last) };
  const limit = limitFrom(known.get('limit'));
  const page = await caller.store.listRegisters(
    caller.projectId,
    { name, prefix: prefix === '' ? undefined : textFrom('key', prefix), after },
    { limit, most_bytes: LARGEST_LIST },
  );
  // A list that ends early would look like the end of the register.
  if (page.more === 'bytes') {
    const message = `These entries come to more than ${LARGEST_LIST} bytes. Ask for ${page.items.length} at once: limit.`;
    throw new RangeError(message);
  }
  return page.items.map(({ key, value, version }) => ({ key, value: decode(value), version }));
}

function conflict({ name, key }: RegisterPlace, wanted: number | undefined, version: number): Error {
  const error = new Error(conflictMessage(name, key, wanted ?? 0, version));
  error.name = 'ConflictError';
  return error;
}
