/**
 * The one form in which values cross between realms and processes. JSON text, in which an object with the single key
 * "$" says what JSON cannot: `{"$":["d",0]}` is a Date. Bytes travel beside the text as tails.
 *
 * What crosses: JSON values, undefined, NaN, the infinities, -0, Date, Map, Set, ArrayBuffer and typed arrays. All else
 * (functions, symbols, bigint, promises, class instances, proxies, cycles) is refused with the path to it.
 *
 * It is written by `encode.ts` and read by `decode.ts`, on both sides of the membrane: in Node.js and inside realms.
 */

/** How deep a value may be nested. */
export const MAX_DEPTH = 1000;

type TypedArrayType = new (buffer: ArrayBuffer) => ArrayBufferView;
export const TYPED_ARRAYS: ReadonlyMap<string, TypedArrayType> = new Map(
  [
    Uint8Array,
    Int8Array,
    Uint8ClampedArray,
    Uint16Array,
    Int16Array,
    Uint32Array,
    Int32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
  ].map((type): [string, TypedArrayType] => [type.name, type]),
);

/** The object that says what JSON cannot. */
export const tag = (...parts: unknown[]): unknown => ({ $: parts });

/** What stands in a text for the bytes of the tail at this index. */
export const bytesAt = (index: number): unknown => tag('b', index, 'Uint8Array');
