import { describe, expect, it } from 'vitest';
import { sameAsNode, useTestRealm } from '../../../support/same-as-node.ts';

const realm = useTestRealm();

describe('Blob and File in a realm, as in Node.js', () => {
  sameAsNode(realm, {
    'are made of every kind of part': `
      const bytes = new Uint8Array([1, 2, 3, 4]);
      const blob = new Blob(['ü\\uD800', bytes.subarray(1, 3), bytes.buffer, new DataView(bytes.buffer, 3), new Blob(['x']), 12, null, new Set(['s'])], { type: 'Text/PLAIN;Charset=x' });
      bytes.fill(0);
      return [blob.size, blob.type, [...new Uint8Array(await blob.arrayBuffer())], await blob.text()];`,
    'take any list': `return [await new Blob(new Set(['a', 'b'])).text(), new Blob().size, attempt(() => new Blob('text')), attempt(() => new Blob(5)), attempt(() => new Blob({})), attempt(() => Blob([]))];`,
    'drop a type that is none': `return ['a/b', 'A/B', 'a\\u0000', 'ü', '', undefined].map((type) => new Blob([], { type }).type);`,
    'are sliced': `
      const blob = new Blob(['0123456789'], { type: 'a/b' });
      const slices = [[], [2], [2, 5], [-3], [-3, -1], [5, 2], [0, 99], [undefined, 3], [NaN, 2], [1, 4, 'C/D']].map((args) => blob.slice(...args));
      return Promise.all(slices.map(async (slice) => [await slice.text(), slice.size, slice.type]));`,
    'are sliced from slices': `return new Blob(['0123456789']).slice(2, 8).slice(1, 3).text();`,
    'give their bytes': `const bytes = await new Blob(['ab']).bytes(); return [bytes instanceof Uint8Array, ...bytes];`,
    'have a name and a time': `
      const file = new File(['x'], 'a/b.txt', { type: 'T/x', lastModified: "12" });
      const bare = new File([], 5);
      return [file.name, file.type, file.size, file.lastModified, await file.text(), file instanceof Blob, bare.name, Math.abs(bare.lastModified - Date.now()) < 5000,
        Object.prototype.toString.call(file), Object.prototype.toString.call(new Blob()), file.slice() instanceof File];`,
  });

  it('do not change when what they gave is changed', async () => {
    const body = `const blob = new Blob(['abc']); (await blob.bytes()).fill(0); new Uint8Array(await blob.arrayBuffer()).fill(0); return blob.text()`;
    expect(await realm.run(body)).toBe('abc');
  });
});

describe('FormData in a realm, as in Node.js', () => {
  sameAsNode(realm, {
    'keeps entries in order': `
      const form = new FormData();
      form.append('a', '1'); form.append('b', 2); form.append('a', 'ü\\uD800'); form.append('c', null);
      const seen = [form.get('a'), form.getAll('a'), form.get('z'), form.has('b'), form.has('z')];
      form.set('a', 'new'); form.set('d', 'end'); form.delete('b');
      const visited = []; form.forEach((value, name) => visited.push([name, value]));
      return [seen, [...form], [...form.keys()], [...form.values()], visited];`,
    'makes files of blobs': `
      const form = new FormData();
      form.append('blob', new Blob(['x'], { type: 'a/b' })); form.append('named', new Blob(['y']), 'n.bin');
      form.append('file', new File(['z'], 'f.txt', { type: 'c/d' })); form.append('renamed', new File(['w'], 'old'), 'new');
      return Promise.all([...form].map(async ([name, value]) => [name, value instanceof File, value.name, value.type, await value.text()]));`,
    'refuses what does not fit': `const form = new FormData();
      return [attempt(() => form.append('a', 'text', 'name')), attempt(() => form.set('a', 5, 'name')), attempt(() => new FormData({})), attempt(() => FormData()), Object.prototype.toString.call(form)];`,
    'survives a change during a walk': `
      const form = new FormData(); form.append('a', '1'); form.append('b', '2');
      const seen = [];
      for (const [name] of form) { seen.push(name); if (seen.length < 4) form.append('n' + seen.length, 'x'); }
      return seen;`,
  });
});
