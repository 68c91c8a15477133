import { describe, expect, it } from 'vitest';
import type { Keyring } from '../../../runtime/keyring.ts';
import { requestBox } from '../../../runtime/webhook/sealed-request.ts';
import { decode } from '../../../sandbox/wire/decode.ts';
import { hookRequest } from '../../support/runtime.ts';

const keyring = (id: string): Keyring => ({
  keys: [{ id, bytes: new Uint8Array(32).fill(id.length) }],
  source: 'the test',
});
const box = requestBox(keyring('one'));
const file = { name: 'f', filename: '../x', content_type: 'a/b', bytes: new Uint8Array([0, 255, 1]) };
const request = hookRequest({ headers: [['A', 'ü']], data: new Uint8Array([1, 0, 2]), files: [file] });

describe('a sealed request', () => {
  it('comes out as it went in, with its bytes', () => {
    const sealed = box.seal('p', 'j', request);
    expect(sealed).not.toContain('hook');
    expect(decode(box.open('p', 'j', sealed))).toEqual(request);
  });

  it.each([
    ['another project', () => box.open('q', 'j', box.seal('p', 'j', request))],
    ['another job', () => box.open('p', 'k', box.seal('p', 'j', request))],
    [
      'a keyring without its key',
      () => requestBox(keyring('other')).open('p', 'j', box.seal('p', 'j', request)),
    ],
    ['text that is none', () => box.open('p', 'j', '["one","AAAA"]')],
    ['what is no JSON', () => box.open('p', 'j', 'x')],
  ])('does not open for %s, and the message says what to do', (_what, open) => {
    expect(open).toThrow('Put back the keyring');
  });
});
