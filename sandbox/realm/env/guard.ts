/** Fields of records have such names. All others are asked for by the language and by tools, which expect undefined. */
const FIELD_NAME = /^[A-Za-z0-9_]+$/;
/** Asked of anything: by `await`, by JSON, and by libraries that look for elements of a page or matchers of a test. */
const ASKED_OF_ANYTHING: ReadonlySet<string> = new Set(['then', 'toJSON', 'nodeType', 'asymmetricMatch']);

/**
 * What the prototype of record sets inherits from: a name that neither the record nor its class has comes to `read`, which
 * throws a helpful error where an ordinary object would have undefined. Assigning anything throws a TypeError.
 */
export function makeGuard(read: (receiver: unknown, name: string) => unknown): object {
  return new Proxy(
    {},
    {
      get(target, name, receiver) {
        const isOrdinary = typeof name === 'symbol' || name in target;
        if (isOrdinary || ASKED_OF_ANYTHING.has(name) || !FIELD_NAME.test(name)) {
          return Reflect.get(target, name, receiver);
        }
        return read(receiver, name);
      },
      set(_target, name) {
        return refuseAssignment(String(name));
      },
    },
  );
}

/** Records are changed by `write` only. */
export function refuseAssignment(name: string): never {
  throw new TypeError(`${name} of a record cannot be assigned: use await record.write({ ${name}: value }).`);
}
