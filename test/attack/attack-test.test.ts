import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attackTest } from '../../server/attack/attack-test.ts';
import { figuresOf, tailOf } from '../../server/attack/figures.ts';
import { type AttackedServer, startAttackedServer } from '../support/attacked-server.ts';

let attacked: AttackedServer;
beforeAll(async () => {
  attacked = await startAttackedServer();
});
afterAll(async () => {
  await attacked.stop();
  attacked.remove();
});

const headers = () => ({ authorization: `Bearer ${attacked.token}`, 'content-type': 'application/json' });

async function names(list: 'projects' | 'tokens', key: 'slug' | 'name'): Promise<readonly string[]> {
  const answer = await fetch(`${attacked.url}/api/v1/${list}`, { headers: headers() });
  const { items } = (await answer.json()) as { items: Record<string, string>[] };
  return items.map((item) => String(item[key])).filter((name) => name.startsWith('attack-'));
}

describe('the attack suite', () => {
  it('takes away its projects and its token when it is interrupted, and a token left by an earlier run', async () => {
    const body = JSON.stringify({ name: 'attack-test', role: 'developer' });
    await fetch(`${attacked.url}/api/v1/tokens`, { method: 'POST', headers: headers(), body });
    const interrupted = new AbortController();
    const { url, token } = attacked;
    const cases: string[] = [];
    let during: Promise<(readonly string[])[]> | undefined;
    const run = attackTest({
      url,
      token,
      family: 'errors',
      controlSeconds: 0,
      signal: interrupted.signal,
      onCase: ({ name }) => {
        cases.push(name);
        during ??= Promise.all([names('projects', 'slug'), names('tokens', 'name')]).finally(() =>
          interrupted.abort(new Error('enough')),
        );
      },
    });
    await expect(run).rejects.toThrow('enough');
    const [projects, tokens] = (await during) ?? [];
    expect(projects).toEqual(expect.arrayContaining(['attack-errors', 'attack-neighbour']));
    expect(tokens).toEqual(['attack-test']);
    expect(cases.length).toBeLessThan(18);
    expect([await names('projects', 'slug'), await names('tokens', 'name')]).toEqual([[], []]);
  });
});

describe('figures', () => {
  const values = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

  it('do not call the worst of a few values a percentile', () => {
    expect(tailOf(figuresOf(values(50)))).toBeUndefined();
    expect(tailOf(figuresOf(values(200)))).toEqual({ name: 'p99', ms: 199 });
    expect(tailOf(figuresOf(values(2000)))).toEqual({ name: 'p99.9', ms: 1999 });
    expect(figuresOf([])).toMatchObject({ count: 0, p50: 0, max: 0 });
  });
});
