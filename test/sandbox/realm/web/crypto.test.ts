import { describe, expect, it } from 'vitest';
import { sameAsNode, useTestRealm } from '../../../support/same-as-node.ts';

const realm = useTestRealm();
const HEX = `const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, '0')).join('');`;
const HASHES = `['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512']`;

describe('crypto in a realm, as in Node.js', () => {
  sameAsNode(realm, {
    digests: `${HEX}
      const data = new TextEncoder().encode('abc');
      const all = [];
      for (const name of [...${HASHES}, 'sha-256', { name: 'Sha-512' }]) for (const bytes of [data, data.buffer, data.subarray(1, 2), new DataView(data.buffer), new Uint8Array()]) {
        const digest = await crypto.subtle.digest(name, bytes); all.push(hex(digest), digest instanceof ArrayBuffer);
      }
      return all;`,
    'refuses unknown digests and what is no bytes': `
      const data = new Uint8Array(1);
      return [await settle(crypto.subtle.digest('MD5', data)), await settle(crypto.subtle.digest('SHA-256', 'text')), await settle(crypto.subtle.digest({}, data)), await settle(crypto.subtle.digest('', data))];`,
    'signs and verifies with HMAC': `${HEX}
      const encoder = new TextEncoder(); const all = [];
      for (const hash of [...${HASHES}, { name: 'sha-256' }]) {
        const key = await crypto.subtle.importKey('raw', encoder.encode('key'), { name: 'HMAC', hash }, false, ['sign', 'verify']);
        const signature = await crypto.subtle.sign('HMAC', key, encoder.encode('message'));
        const wrong = new Uint8Array(signature.slice(0)); wrong[0] ^= 1;
        all.push(hex(signature), key.type, key.extractable, key.algorithm, [...key.usages], await crypto.subtle.verify({ name: 'hmac' }, key, signature, encoder.encode('message')),
          await crypto.subtle.verify('HMAC', key, wrong, encoder.encode('message')), await crypto.subtle.verify('HMAC', key, new Uint8Array(3), encoder.encode('message')), await crypto.subtle.verify('HMAC', key, signature, encoder.encode('other')));
      }
      return all;`,
    'refuses wrong keys': `
      const bytes = new Uint8Array([1]); const algorithm = { name: 'HMAC', hash: 'SHA-256' };
      const make = (...args) => settle(crypto.subtle.importKey(...args).then(() => 'ok'));
      const signer = await crypto.subtle.importKey('raw', bytes, algorithm, true, ['sign']);
      return [await make('raw', bytes, algorithm, true, []), await make('raw', bytes, algorithm, true, ['encrypt']), await make('raw', new Uint8Array(), algorithm, true, ['sign']),
        await make('raw', bytes, { name: 'HMAC', hash: 'MD5' }, true, ['sign']), await make('raw', bytes, 'HMAC', true, ['sign']), await make('raw', 'text', algorithm, true, ['sign']),
        await settle(crypto.subtle.verify('HMAC', signer, bytes, bytes)), await settle(crypto.subtle.sign('HMAC', {}, bytes)), signer.extractable, attempt(() => new CryptoKey()), Object.prototype.toString.call(signer)];`,
    'fills integer arrays only, up to 65536 bytes': `
      return [new Uint8Array(65536), new Int32Array(4), new BigUint64Array(2), new Uint8ClampedArray(1)].map((array) => crypto.getRandomValues(array) === array).concat(
        [new Uint8Array(65537), new Float32Array(1), new Float64Array(1), new DataView(new ArrayBuffer(1)), [1], undefined].map((array) => attempt(() => crypto.getRandomValues(array))));`,
  });

  it('fills all of a view and nothing around it', async () => {
    const body = `const all = new Uint8Array(300); crypto.getRandomValues(all.subarray(100, 200));
      return [all.subarray(0, 100).every((byte) => byte === 0), all.subarray(200).every((byte) => byte === 0), new Set(all.subarray(100, 200)).size > 30]`;
    expect(await realm.run(body)).toEqual([true, true, true]);
  });

  it('makes UUIDs of version 4, each another', async () => {
    const result = (await realm.run(`return [crypto.randomUUID(), crypto.randomUUID()]`)) as string[];
    expect(result[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(result[0]).not.toBe(result[1]);
  });
});
