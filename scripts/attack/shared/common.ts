// Common Code of every family of the attack suite: how an attack is started, and how its traces are looked for.

type Run = (data: any) => unknown;

/** Runs an attack; asked to check, it looks for what earlier jobs left behind instead. */
export function attack(data: any, run: Run): unknown {
  return data?.check === true ? residue() : run(data);
}

/** The names of the attempts that got through: they resolved to something true. Refusals by an error are what is wanted. */
export async function through(attempts: Record<string, Run>): Promise<string[]> {
  const reached: string[] = [];
  for (const [name, attempt] of Object.entries(attempts)) {
    try {
      if (await attempt(undefined)) reached.push(name);
    } catch {
      // Refused.
    }
  }
  return reached;
}

/** Deletes all records of a model that attacks have made. */
export async function forget(model: string): Promise<void> {
  const { [model]: records }: any = env;
  for (;;) {
    const some = await records.search([], { fields: ['id'], limit: 10 });
    if (some.length === 0) return;
    await some.unlink();
  }
}

/** The global object itself, which `globalThis` of a job is not. */
export function realGlobal(): any {
  return (0, eval)('this');
}

/** Every object of the engine that jobs of a realm may share, with a path that leads to it. */
export function sharedObjects(): Map<object, string> {
  const found = new Map<object, string>();
  for (const [object, way] of _reached()) found.set(object, _path(way));
  return found;
}

interface Way {
  readonly from: Way | null;
  readonly by: PropertyKey;
}

/** Paths are long and seldom wanted: only the steps are kept. */
function _path({ from, by }: Way): string {
  return from === null ? String(by) : `${_path(from)}.${String(by)}`;
}

function _reached(): Map<object, Way> {
  const found = new Map<object, Way>();
  const queue: [any, Way][] = _roots().map(([name, value]) => [value, { from: null, by: name }]);
  for (let at = 0; at < queue.length; at += 1) {
    const [value, way] = queue[at] as [any, Way];
    if (value === null || (typeof value !== 'object' && typeof value !== 'function') || found.has(value))
      continue;
    found.set(value, way);
    queue.push([Object.getPrototypeOf(value), { from: way, by: '[[Prototype]]' }]);
    for (const key of Reflect.ownKeys(value)) {
      const property = Object.getOwnPropertyDescriptor(value, key);
      const next = { from: way, by: key };
      if (property !== undefined)
        queue.push([property.value, next], [property.get, next], [property.set, next]);
    }
  }
  return found;
}

/** Objects that no name leads to are reached through the syntax that makes them. What is made here is left out: it is the job's own. */
function _roots(): [string, any][] {
  const made: Record<string, object> = {
    generator: Object.getPrototypeOf((function* () {})()),
    generatorFunction: function* () {},
    asyncGenerator: Object.getPrototypeOf((async function* () {})()),
    asyncGeneratorFunction: async function* () {},
    asyncFunction: async () => {},
    arrayIterator: [].values(),
    mapIterator: new Map().entries(),
    setIterator: new Set().values(),
    stringIterator: ''[Symbol.iterator](),
    matches: 'a'.matchAll(/a/g),
    helper: [].values().map((item) => item),
    wrapped: Iterator.from({ next: () => ({ done: true, value: undefined }) }),
    segments: new Intl.Segmenter().segment('a'),
    segmentIterator: new Intl.Segmenter().segment('a')[Symbol.iterator](),
  };
  const prototypes = Object.entries(made).map(([name, value]): [string, any] => [
    `${name}.[[Prototype]]`,
    Object.getPrototypeOf(value),
  ]);
  return [['global', realGlobal()], ...prototypes];
}

/** What a job can see of earlier ones: a print of all that is shared, and whatever has a name that only attacks give. */
export function residue(): { objects: number; print: string; left: string[] } {
  const left: string[] = [];
  let print = 2166136261;
  const note = (part: number) => {
    print = Math.imul(print ^ part, 16777619);
  };
  const objects = _reached();
  for (const [object, way] of objects) {
    note(Object.isExtensible(object) ? 1 : 2);
    for (const key of Reflect.ownKeys(object)) {
      const { value, writable, enumerable, configurable } =
        Object.getOwnPropertyDescriptor(object, key) ?? {};
      const name = String(key);
      note(name.length * 8 + (writable ? 1 : 0) + (enumerable ? 2 : 0) + (configurable ? 4 : 0));
      note(name.charCodeAt(0) * 256 + name.charCodeAt(name.length - 1));
      if (typeof value === 'string' || typeof value === 'number') note(String(value).length);
      if (name.includes('left_behind') || (typeof value === 'string' && value.includes('left_behind'))) {
        left.push(_path({ from: way, by: key }));
      }
    }
  }
  const legacy: any = RegExp;
  for (const name of ['$1', '$_', 'input', 'lastMatch', 'leftContext', 'rightContext']) {
    if (/left_behind/.test(String(legacy[name]))) left.push(`RegExp.${name}`);
  }
  return { objects: objects.size, print: (print >>> 0).toString(16), left };
}
