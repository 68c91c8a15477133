import { describe, expect, it } from 'vitest';
import { webhookInput } from '../../../../server/cli/local/webhook-input.ts';

const URL = 'http://127.0.0.1:4070/hook/x';
const from = (text: string) => webhookInput(Buffer.from(text), URL);
const textOf = (data: Uint8Array) => Buffer.from(data).toString();

describe('the request that a local webhook gets', () => {
  it('is a POST with the data as its body', () => {
    const request = from('{"update_id": 1}');
    expect(request).toMatchObject({
      method: 'POST',
      path: '',
      headers: [['content-type', 'application/json']],
    });
    expect(textOf(request.data)).toBe('{"update_id": 1}');
    expect(from('plain').headers).toEqual([['content-type', 'text/plain; charset=utf-8']]);
  });

  it('can be described', () => {
    const described = {
      method: 'PUT',
      path: '/a',
      args: { q: 'ä' },
      headers: { 'X-A': '1' },
      body: { n: 1 },
    };
    const request = from(JSON.stringify(described));
    expect(request).toMatchObject({
      method: 'PUT',
      url: `${URL}/a?q=%C3%A4`,
      path: '/a',
      args: [['q', 'ä']],
      headers: [
        ['content-type', 'application/json'],
        ['X-A', '1'],
      ],
    });
    expect(textOf(request.data)).toBe('{"n":1}');
  });

  it('can be a form', () => {
    const request = from('{"form": {"a": "1", "b": "x y"}}');
    expect(request.form).toEqual([
      ['a', '1'],
      ['b', 'x y'],
    ]);
    expect(request.headers).toEqual([['content-type', 'application/x-www-form-urlencoded']]);
    expect(textOf(request.data)).toBe('a=1&b=x+y');
  });
});
