import { describe, expect, it } from 'vitest';
import type { Reference } from '../../../../sandbox/realm/web/content.ts';
import { sameAsNode, useTestRealm } from '../../../support/same-as-node.ts';

interface Asked {
  readonly operation: string;
  readonly argument: unknown;
}

const asked: Asked[] = [];
/** Answers `/large` with a handle in place of a body, everything else with `small`. */
const realm = useTestRealm({
  fetch(request) {
    asked.push({ operation: 'fetch', argument: request });
    if (!request.url.endsWith('/large')) return { body: new TextEncoder().encode('small') };
    return { body: { handle: 'of-a' } } as never;
  },
  bodies(operation: string, reference: Reference) {
    asked.push({ operation, argument: reference });
    return operation === 'fetch_body' ? new TextEncoder().encode('{"large":true}') : undefined;
  },
});

/** What the program gave, and what the works were asked for besides `/large`, by operation and by handle. */
async function run(program: string): Promise<{ result: unknown; calls: unknown[] }> {
  asked.length = 0;
  const result = await realm.run(`const large = await fetch('https://a.example/large'); ${program}`);
  const calls = asked
    .slice(1)
    .map(({ operation, argument }) => [operation, (argument as AskedFor).body ?? argument]);
  return { result, calls };
}

interface AskedFor {
  readonly body?: unknown;
  readonly abort?: unknown;
}

const USED = 'Body is unusable: Body has already been read';
const LOCKED = 'Body is unusable: Body is locked';
const LAST = { handle: 'of-a', last: true };
const NOT_LAST = { handle: 'of-a', last: false };
const PUT = `{ method: 'PUT', body: large.body, duplex: 'half' }`;

describe('a body that stayed outside', () => {
  it.each([
    ['text', `large.text()`, '{"large":true}'],
    ['json', `large.json()`, { large: true }],
    ['bytes', `large.bytes().then((bytes) => bytes.length)`, 14],
    ['arrayBuffer', `large.arrayBuffer().then((buffer) => buffer.byteLength)`, 14],
    ['blob', `large.blob().then((blob) => blob.size)`, 14],
    [
      'a reader',
      `large.body.getReader().read().then(({ done, value }) => [done, value.length])`,
      [false, 14],
    ],
    [
      'for await',
      `(async () => { let size = 0; for await (const piece of large.body) size += piece.length; return size; })()`,
      14,
    ],
    ['another Response', `new Response(large.body).json()`, { large: true }],
  ])('comes in once it is read as %s', async (_way, program, expected) => {
    expect(await run(`return ${program}`)).toEqual({ result: expected, calls: [['fetch_body', LAST]] });
  });

  it.each([
    ['as the body of a request', `await fetch('https://b.example/', ${PUT});`],
    ['in a Request', `await fetch(new Request('https://b.example/', ${PUT}));`],
    [
      'in a Request made from another',
      `await fetch(new Request(new Request('https://b.example/', ${PUT})));`,
    ],
    [
      'in a Response',
      `await fetch('https://b.example/', { method: 'PUT', body: new Response(large.body).body });`,
    ],
  ])('is handed on %s by its handle', async (_way, program) => {
    const { result, calls } = await run(
      `${program} return [large.bodyUsed, await large.text().catch(String)];`,
    );
    expect(calls).toEqual([['fetch', LAST]]);
    expect(result).toEqual([true, `TypeError: ${USED}`]);
  });

  it('cannot be handed on twice, or after it was read', async () => {
    const twice = `const send = () => fetch('https://b.example/', ${PUT}).then(() => 'sent', String);`;
    expect((await run(`${twice} return [await send(), await send()];`)).result).toEqual([
      'sent',
      `TypeError: ${USED}`,
    ]);
    expect((await run(`${twice} await large.text(); return send();`)).result).toBe(`TypeError: ${USED}`);
    expect((await run(`${twice} large.body.getReader(); return send();`)).result).toBe(
      `TypeError: ${LOCKED}`,
    );
  });

  it('is kept outside until each of its copies was used', async () => {
    const copies = `const copy = large.clone(); await fetch('https://b.example/', ${PUT}); return copy.json();`;
    expect(await run(copies)).toEqual({
      result: { large: true },
      calls: [
        ['fetch', NOT_LAST],
        ['fetch_body', LAST],
      ],
    });
    const streams = `const [one, two] = large.body.tee(); await one.cancel(); return new Response(two).json();`;
    expect(await run(streams)).toEqual({ result: { large: true }, calls: [['fetch_body', LAST]] });
  });

  it('is let go when it is cancelled', async () => {
    expect(await run(`await large.body.cancel(); return large.text().catch(String);`)).toEqual({
      result: `TypeError: ${USED}`,
      calls: [['fetch_cancel', LAST]],
    });
  });

  it('is let go when its fetch was aborted before the answer came', async () => {
    asked.length = 0;
    const program = `const controller = new AbortController();
      const fetched = fetch('https://a.example/large', { signal: controller.signal }).catch(String);
      controller.abort(new Error('enough')); const seen = await fetched;
      for (let time = 0; time < 3; time += 1) await fetch('https://b.example/'); return seen;`;
    expect(await realm.run(program)).toBe('Error: enough');
    const number = (asked[0]?.argument as AskedFor | undefined)?.abort;
    expect(number).toBeTypeOf('number');
    expect(asked).toContainEqual({ operation: 'fetch_abort', argument: number });
    expect(asked).toContainEqual({ operation: 'fetch_cancel', argument: LAST });
  });
});

describe('a body that is here', () => {
  it('is handed on as bytes', async () => {
    asked.length = 0;
    await realm.run(`const small = await fetch('https://a.example/small');
      await fetch('https://b.example/', { method: 'PUT', body: small.body });`);
    expect(asked.at(-1)?.argument).toMatchObject({ headers: [], body: new TextEncoder().encode('small') });
  });

  it('is a stream of one kind only', async () => {
    const program = `const { body } = new Response('x'); const one = new Response("x"); return [body instanceof ReadableStream, one.body === one.body, new Response(null).body,
      attempt(() => new ReadableStream({ start() {} })), await new Response(new ReadableStream()).text()];`;
    expect(await realm.run(program)).toEqual([true, true, null, 'throws TypeError', '']);
  });

  sameAsNode(realm, {
    'is locked by its reader': `
      const response = new Response('x'); const { body } = response; const seen = [body.locked]; const reader = body.getReader(); seen.push(body.locked);
      return [...seen, await settle(response.text()), attempt(() => body.getReader()), await settle(body.cancel()), response.bodyUsed];`,
    'ends after its bytes': `
      const reader = new Response('abc').body.getReader(); const first = await reader.read(); const second = await reader.read();
      return [first.done, [...first.value], second.done, second.value];`,
    'is used once it was read': `
      const response = new Response('x'); for await (const piece of response.body); return [response.bodyUsed, await settle(response.text())];`,
    'is two after tee': `
      const [one, two] = new Response('abc').body.tee(); return [await new Response(one).text(), await new Response(two).text()];`,
  });
});
