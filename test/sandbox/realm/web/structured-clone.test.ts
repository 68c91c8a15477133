import { describe, expect, it } from 'vitest';
import { sameAsNode, useTestRealm } from '../../../support/same-as-node.ts';

const realm = useTestRealm();

describe('structuredClone in a realm, as in Node.js', () => {
  sameAsNode(realm, {
    'copies plain data deeply': `
      const source = { a: [1, 'x', null, undefined, NaN, -0, 12n], b: { c: true }, [Symbol('s')]: 1 };
      const copy = structuredClone(source);
      return [Object.keys(copy), String(copy.a[6]), Object.is(copy.a[5], -0), copy.a[4] !== copy.a[4], 3 in copy.a, copy.a !== source.a,
        copy.b, Object.getOwnPropertySymbols(copy).length, structuredClone('x'), structuredClone(undefined) === undefined];`,
    'keeps holes, extra properties and keys like __proto__': `
      const list = [1, , 3]; list.extra = 'e';
      const copy = structuredClone(list);
      const odd = structuredClone(JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}'));
      return [1 in copy, copy.length, copy.extra, Object.keys(odd), Object.hasOwn(odd, '__proto__'), odd.x === undefined];`,
    'makes plain objects of instances, read through getters': `
      class Point { x = 1; #y = 2; get y() { return this.#y; } }
      const copy = structuredClone({ point: new Point(), get g() { return 7; }, none: Object.create(null), fake: Object.create(Date.prototype) });
      return [copy, Object.getPrototypeOf(copy.point) === Object.prototype, Object.getPrototypeOf(copy.none) === Object.prototype, Object.getPrototypeOf(copy.fake) === Object.prototype];`,
    'copies dates, expressions and boxed values': `
      const copy = structuredClone([new Date(5), new Date(NaN), /a.b/giu, new Number(3), new String('s'), new Boolean(false), Object(5n)]);
      return copy.map((value) => [Object.prototype.toString.call(value), String(value), typeof value]);`,
    'copies maps and sets, in order': `
      const key = { k: 1 };
      const copy = structuredClone({ map: new Map([[key, new Set([key, 'b'])], ['z', 1]]), key });
      const [first] = copy.map.keys();
      return [[...copy.map.keys()], [...copy.map.get(first)], first === copy.key, copy.map.get(first).has(copy.key)];`,
    'copies buffers and views, which go on sharing': `
      const buffer = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]).buffer;
      const source = { bytes: new Uint8Array(buffer, 2, 3), words: new Uint16Array(buffer, 2), view: new DataView(buffer, 1, 2), buffer, big: new BigInt64Array([5n]), f: new Float64Array([0.5]) };
      const copy = structuredClone(source);
      copy.bytes[0] = 99;
      return [[...copy.bytes], [...copy.words], copy.view.byteLength, copy.view.getUint8(1), copy.buffer === copy.bytes.buffer, copy.bytes.byteOffset, buffer === copy.buffer, new Uint8Array(buffer)[2], String(copy.big[0]), copy.f[0]];`,
    'copies errors with their cause': `
      const source = new RangeError('far', { cause: { why: new TypeError('t') } });
      class Own extends Error { name = 'Own'; code = 7; }
      const copy = structuredClone(source);
      const own = structuredClone(new Own('o'));
      return [copy instanceof RangeError, copy.name, copy.message, copy.cause.why instanceof TypeError, copy.stack === source.stack, Object.keys(copy), own.name, own.message, own.code, 'cause' in own];`,
    'keeps cycles and shared objects': `
      const source = { list: [] }; source.self = source; source.list.push(source, source.list);
      const copy = structuredClone(source);
      return [copy.self === copy, copy.list[0] === copy, copy.list[1] === copy.list, copy !== source];`,
    'refuses what has no copy by a DataCloneError': `
      return [() => {}, Symbol('s'), { a: { b() {} } }, [Symbol.iterator], new Map([[() => {}, 1]]), Promise.resolve(), new WeakMap(), new WeakSet(), class {}, new Error('x', { cause: () => {} })]
        .map((value) => attempt(() => structuredClone(value)));`,
    'throws a DOMException of its own class': `try { structuredClone(() => {}) } catch (error) { return [error instanceof DOMException, error.name, error.code] }`,
    'passes on what a getter throws': `try { structuredClone({ get a() { throw new RangeError('mine') } }) } catch (error) { return [error.name, error.message] }`,
  });

  it('copies blobs, files and DOMExceptions', async () => {
    const body = `const copy = structuredClone([new Blob(['ab'], { type: 'a/b' }), new File(['c'], 'n.txt', { lastModified: 5 }), new DOMException('m', 'AbortError')]);
      return [copy[0] instanceof Blob, await copy[0].text(), copy[0].type, copy[1] instanceof File, copy[1].name, copy[1].lastModified, copy[2] instanceof DOMException, copy[2].name, copy[2].message];`;
    const expected = [true, 'ab', 'a/b', true, 'n.txt', 5, true, 'AbortError', 'm'];
    expect(await realm.run(body)).toEqual(expected);
  });

  it('says that it does not transfer', async () => {
    const body = `const buffer = new ArrayBuffer(1); return attempt(() => structuredClone(buffer, { transfer: [buffer] }))`;
    expect(await realm.run(body)).toBe('throws TypeError');
  });
});
