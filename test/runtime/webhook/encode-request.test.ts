import { expect, it } from 'vitest';
import { encodeRequest } from '../../../runtime/webhook/encode-request.ts';
import type { HttpRequestData } from '../../../sandbox/types.ts';
import { decode } from '../../../sandbox/wire/decode.ts';
import { encode } from '../../../sandbox/wire/encode.ts';

const file = (name: string, ...bytes: number[]) => ({
  name,
  filename: '../$',
  content_type: 'text/plain',
  bytes: new Uint8Array(bytes),
});

it('a request is encoded like every other value, whatever the caller wrote into it', () => {
  const request: HttpRequestData = {
    method: 'POST',
    url: 'http://localhost/hook/x?$=1',
    path: '/{"$":["u"]}',
    args: [
      ['$', '["u"]'],
      ['__proto__', 'x'],
    ],
    form: [['a', '\ud800']],
    files: [file('one', 1, 2), file('__proto__')],
    cookies: [],
    headers: [['X', 'ž']],
    data: new Uint8Array([0, 255]),
    remote_addr: '::1',
  };
  expect(decode(encodeRequest(request))).toEqual(decode(encode(request)));
  expect(decode(encodeRequest(request))).toEqual(request);
});
