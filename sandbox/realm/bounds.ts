/**
 * Built-ins that would end the whole process at once are given a bound before `ses` freezes them. What is only slow is left
 * to the limits of the job; so are `**`, spreading and other syntax, which nothing can be put in front of.
 */
const MAX_SPLIT = 2 ** 25;

const { apply, construct, defineProperty } = Reflect;

function replace(holder: object, key: string, value: unknown): void {
  defineProperty(holder, key, { value, writable: true, enumerable: false, configurable: true });
}

/** Measured: the engine gives up when the list would have more than 134 million items. */
function boundSplit(): void {
  const { split } = String.prototype;
  const bounded = {
    split(this: unknown, separator: unknown, limit: unknown): string[] {
      if (this === undefined || this === null) return apply(split, this, [separator, limit]);
      // Made a text once: an object could give another one the second time.
      const text = typeof this === 'string' ? this : `${this}`;
      if (text.length > MAX_SPLIT) {
        throw new RangeError(`Text of more than ${MAX_SPLIT} characters cannot be split; split it in parts.`);
      }
      return apply(split, text, [separator, limit]);
    },
  };
  replace(String.prototype, 'split', bounded.split);
}

/** Measured: buffers that could grow are reserved whole outside of the isolate's memory, until an assertion fails. */
function refuseGrowingBuffers(): void {
  const RealBuffer = ArrayBuffer;
  const Bounded = new Proxy(RealBuffer, {
    construct(target, [length, options]: [unknown, { readonly maxByteLength?: unknown } | undefined], as) {
      if (options?.maxByteLength !== undefined) {
        throw new RangeError('An ArrayBuffer keeps its length here: maxByteLength is not supported.');
      }
      return construct(target, [length], as);
    },
  });
  replace(RealBuffer.prototype, 'constructor', Bounded);
  replace(globalThis, 'ArrayBuffer', Bounded);
}

export function boundBuiltins(): void {
  boundSplit();
  refuseGrowingBuffers();
}
