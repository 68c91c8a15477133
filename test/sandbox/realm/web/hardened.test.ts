import { describe, expect, it } from 'vitest';
import { useTestRealm } from '../../../support/same-as-node.ts';

const realm = useTestRealm();
const GLOBALS = `const shared = { AbortController, Blob, CryptoKey, DOMException, Event, EventTarget, File, FormData, Headers, ReadableStream, Request, Response,
  TextDecoder, TextEncoder, URL, URLSearchParams, atob, b64decode, b64encode, btoa, crypto, html2plaintext, queueMicrotask, structuredClone };`;

describe('the web globals that jobs share', () => {
  it('are frozen, with everything that can be reached from them', async () => {
    const body = `${GLOBALS}
      const seen = new Set(); const open = [];
      const visit = (value, path) => {
        if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return;
        seen.add(value);
        if (!Object.isFrozen(value)) open.push(path);
        visit(Object.getPrototypeOf(value), path + '.__proto__');
        for (const key of Reflect.ownKeys(value)) {
          const { value: item, get, set } = Object.getOwnPropertyDescriptor(value, key);
          for (const part of [item, get, set]) visit(part, path + '.' + String(key));
        }
      };
      for (const [name, value] of Object.entries(shared)) visit(value, name);
      visit(Object.getPrototypeOf(AbortSignal.abort()), 'signal');
      visit(Object.getPrototypeOf(new Headers().entries()), 'entries');
      return [open, seen.size > 200]`;
    expect(await realm.run(body)).toEqual([[], true]);
  });

  it('have the names users know', async () => {
    const body = `${GLOBALS} return Object.entries(shared).filter(([name, value]) => typeof value === 'function' && value.name !== name).map(([name]) => name)`;
    expect(await realm.run(body)).toEqual([]);
  });

  it('do not lead to another Error than the one of the realm', async () => {
    expect(
      await realm.run(
        `return [Object.getPrototypeOf(DOMException) === Error, new DOMException() instanceof Error]`,
      ),
    ).toEqual([true, true]);
  });

  it('can be extended, and instances can be given properties', async () => {
    const body = `class Api extends URL { constructor(path) { super(path, 'https://a.example'); this.tag = 'api'; } }
      class Failed extends DOMException { code2 = 1 }
      class Ok extends Response { ok2 = true }
      const headers = new Headers(); headers.note = 'n';
      return [new Api('/x').href, new Api('/x').tag, new Failed('m', 'N').name, new Ok('x').ok2, await new Ok('x').text(), headers.note]`;
    expect(await realm.run(body)).toEqual(['https://a.example/x', 'api', 'N', true, 'x', 'n']);
  });

  it('refuse a receiver of another kind', async () => {
    const body = `const getter = (type, name) => Object.getOwnPropertyDescriptor(type.prototype, name).get;
      const methods = [getter(URL, 'href'), Headers.prototype.get, Response.prototype.text, getter(Blob, 'size'), getter(AbortController, 'signal'),
        TextDecoder.prototype.decode, getter(CryptoKey, 'algorithm'), EventTarget.prototype.dispatchEvent];
      const results = [];
      for (const method of methods) { try { await method.call({}, new Event('x')); results.push('went on') } catch (error) { results.push(error.name) } }
      return results`;
    expect(new Set((await realm.run(body)) as string[])).toEqual(new Set(['TypeError']));
  });
});

describe('a host call', () => {
  it('of too much data is refused before it is copied', async () => {
    const body = `const many = 'x'.repeat(33 * 1024 * 1024);
      return [attempt(() => new TextEncoder().encode(many)), attempt(() => atob(many)), attempt(() => b64encode(new Uint8Array(33 * 1024 * 1024)))]`;
    expect(await realm.run(body)).toEqual(['throws RangeError', 'throws RangeError', 'throws RangeError']);
  });

  it('leaves no path of the host in the stack of an error', async () => {
    const body = `const errors = [() => new URL('nope'), () => atob('*'), () => new TextDecoder('nope'), () => new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([255]))]
      .map((action) => { try { action() } catch (error) { return String(error.stack) + error.message } });
      return errors.some((text) => /node:|\\.ts|file:/.test(text))`;
    expect(await realm.run(body)).toBe(false);
  });
});
