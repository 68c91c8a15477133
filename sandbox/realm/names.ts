import type { RealmJob } from './job.ts';

/** A name of Protected Code as the task realm gets it. */
export type NameShape =
  | { readonly name: string; readonly kind: 'function' }
  | { readonly name: string; readonly kind: 'functions'; readonly members: readonly string[] }
  | { readonly name: string; readonly kind: 'constant'; readonly value: unknown }
  | { readonly name: string; readonly kind: 'refused'; readonly message: string };

/** Stubs of the names of Protected Code that a job mentions: every call of one is a call out of the realm. */
export function protectedNames(job: RealmJob, shapes: readonly NameShape[]): object {
  const names: Record<string, unknown> = Object.create(null);
  for (const shape of shapes) names[shape.name] = makeName(job, shape);
  return names;
}

function makeName(job: RealmJob, shape: NameShape): unknown {
  const stub =
    (path: string) =>
    (...args: unknown[]) =>
      job.call(`protected:${path}`, args);
  switch (shape.kind) {
    case 'function':
      return stub(shape.name);
    case 'functions':
      return Object.fromEntries(shape.members.map((member) => [member, stub(`${shape.name}.${member}`)]));
    case 'constant':
      return shape.value;
    case 'refused':
      throw new TypeError(shape.message);
  }
}

/** What Protected Code offers under a name, seen from inside: a function, a plain object of functions, or a value. */
export type Offered =
  | { readonly kind: 'function' }
  | { readonly kind: 'functions'; readonly members: readonly string[] }
  | { readonly kind: 'constant'; readonly value: unknown };

/** What kind of thing Protected Code offers under a name. */
export function describeOffer(value: unknown): Offered {
  if (typeof value === 'function') return { kind: 'function' };
  if (typeof value === 'object' && value !== null) {
    const members = Object.keys(value);
    const all = members.every((key) => typeof (value as Record<string, unknown>)[key] === 'function');
    if (members.length > 0 && all) return { kind: 'functions', members };
  }
  return { kind: 'constant', value };
}

/** The function behind `name` or `name.member`; own properties only. */
export function findOffer(names: object, path: string): ((...args: unknown[]) => unknown) | undefined {
  const [name = '', member] = path.split('.');
  const offer = own(names, name);
  const found = member === undefined ? offer : own(offer, member);
  if (typeof found !== 'function') return undefined;
  return (...args) => Reflect.apply(found, member === undefined ? undefined : offer, args);
}

function own(holder: unknown, key: string): unknown {
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, key)) return undefined;
  return (holder as Record<string, unknown>)[key];
}
