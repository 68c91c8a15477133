import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callHook, deployTask, openTestRuntime, type TestRuntime } from '../../support/runtime.ts';

const TEXT = 'text/plain; charset=utf-8';
const JSON_TYPE = 'application/json';
const BYTES = 'application/octet-stream';

/** What the handler returns, as source: [status, body, content type]. */
const ANSWERS: Readonly<Record<string, readonly [number, string, string | undefined]>> = {
  undefined: [200, 'OK', TEXT],
  null: [200, 'OK', TEXT],
  '""': [200, 'OK', TEXT],
  '"hello"': [200, 'hello', TEXT],
  '"<b>hello</b>"': [200, '<b>hello</b>', TEXT],
  '0': [200, '0', JSON_TYPE],
  false: [200, 'false', JSON_TYPE],
  '[]': [200, '[]', JSON_TYPE],
  '{}': [200, '{}', JSON_TYPE],
  '({a: [1, {b: null}]})': [200, '{"a":[1,{"b":null}]}', JSON_TYPE],
  'new Date(0)': [200, '"1970-01-01T00:00:00.000Z"', JSON_TYPE],
  NaN: [200, 'null', JSON_TYPE],

  'new TextEncoder().encode("bytes")': [200, 'bytes', BYTES],
  'new TextEncoder().encode("buffer").buffer': [200, 'buffer', BYTES],
  'new Uint16Array([0x4241])': [200, 'AB', BYTES],
  'new Uint8Array(0)': [200, '', BYTES],

  'new Response("made", {status: 201, headers: {"X-A": "1"}})': [201, 'made', 'text/plain;charset=UTF-8'],
  'new Response(null, {status: 204})': [204, '', undefined],
  'Response.json({a: 1})': [200, '{"a":1}', JSON_TYPE],

  '["made", 201]': [201, 'made', TEXT],
  '[{a: 1}, 418]': [418, '{"a":1}', JSON_TYPE],
  '[null, 204]': [204, '', undefined],
  '["not sent", 304]': [304, '', undefined],
  '["", 404]': [404, '', undefined],
  '[new TextEncoder().encode("x"), 202]': [202, 'x', BYTES],
  '["<b>x</b>", [["Content-Type", "text/html"]]]': [200, '<b>x</b>', 'text/html'],
  '["x", []]': [200, 'x', TEXT],
  '["x", 202, [["content-type", "text/csv"]]]': [202, 'x', 'text/csv'],
  '["x", 202, {"Content-Type": "text/css"}]': [202, 'x', 'text/css'],
  '["x", 202, undefined]': [202, 'x', TEXT],

  '[1]': [200, '[1]', JSON_TYPE],
  '[1, 2]': [200, '[1,2]', JSON_TYPE],
  '[1, 99]': [200, '[1,99]', JSON_TYPE],
  '[1, 600]': [200, '[1,600]', JSON_TYPE],
  '[1, 200.5]': [200, '[1,200.5]', JSON_TYPE],
  '[1, "200"]': [200, '[1,"200"]', JSON_TYPE],
  '[1, 200, [], 4]': [200, '[1,200,[],4]', JSON_TYPE],
  '[{a: 1}, {b: 2}]': [200, '[{"a":1},{"b":2}]', JSON_TYPE],
  '[1, [["a", 2]]]': [200, '[1,[["a",2]]]', JSON_TYPE],
  '[1, [["a", "b"]], 3]': [200, '[1,[["a","b"]],3]', JSON_TYPE],

  '({body: "x"})': [200, 'x', TEXT],
  '({status: 202, body: {a: 1}})': [202, '{"a":1}', JSON_TYPE],
  '({status: 202, headers: {"Content-Type": "text/html"}, body: "x"})': [202, 'x', 'text/html'],
  '({headers: [["Content-Type", "text/html"]], body: "x"})': [200, 'x', 'text/html'],
  '({body: undefined})': [200, '', undefined],
  '({status: 202})': [200, '{"status":202}', JSON_TYPE],
  '({body: "x", more: 1})': [200, '{"body":"x","more":1}', JSON_TYPE],
  'JSON.parse(\'{"__proto__": {"body": "x"}, "a": 1}\')': [
    200,
    '{"__proto__":{"body":"x"},"a":1}',
    JSON_TYPE,
  ],
};

/** Results that are no answer. */
const REFUSED = ['({status: 99, body: "x"})', '({status: "200", body: "x"})', '["x", 101]'];

const cases = [...Object.keys(ANSWERS), ...REFUSED];
const CODE = `
  const results: (() => unknown)[] = [${cases.map((source) => `() => (${source})`).join(',\n')}];
  export function handle_webhook(request: any) { return results[Number(request.args.case)](); }
`;

let works: TestRuntime;
beforeAll(async () => {
  works = await openTestRuntime();
  await deployTask(works.runtime, { slug: 'shapes', code: CODE, triggers: ['{type: webhook, name: HOOK}'] });
});
afterAll(() => works.close());

const answerTo = async (source: string) => {
  const args = [['case', String(cases.indexOf(source))]] as const;
  const answer = await callHook(works.runtime, 'shapes', 'HOOK', { args });
  if (answer === undefined) throw new Error('There is no such hook.');
  const type = answer.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  return { ...answer, type, text: Buffer.from(answer.body).toString() };
};

describe('the answer of a webhook', () => {
  it.each(Object.entries(ANSWERS))('of %s', async (source, [status, body, type]) => {
    const answer = await answerTo(source);
    expect([answer.status, answer.text, answer.type]).toEqual([status, body, type]);
  });

  it('carries the headers of a Response', async () => {
    const { headers } = await answerTo('new Response("made", {status: 201, headers: {"X-A": "1"}})');
    expect(headers).toContainEqual(['x-a', '1']);
  });

  it.each(REFUSED)('is 500 when the status is not one: %s', async (source) => {
    const answer = await answerTo(source);
    expect(answer.status).toBe(500);
    expect(answer.text).toMatch(/^The webhook failed\. Job [0-9a-f-]{36}\n$/);
  });
});
