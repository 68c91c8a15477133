import { describe, expect, it } from 'vitest';
import { parseDestination } from '../../../runtime/gate/destination.ts';
import { Pools } from '../../../runtime/gate/pools.ts';
import { openTestGate } from '../../support/gate.ts';
import { startHttpServer } from '../../support/http-server.ts';
import { waitFor } from '../../support/wait-for.ts';

const AT = parseDestination('http://pool.test:8080/');

describe('pools', () => {
  it('are shared by requests of one project to one origin at the same addresses', async () => {
    const pools = new Pools();
    const used = [
      pools.use('a', AT, ['10.0.0.1', '10.0.0.2']),
      pools.use('a', AT, ['10.0.0.2', '10.0.0.1']),
      pools.use('b', AT, ['10.0.0.1', '10.0.0.2']),
      pools.use('a', AT, ['10.0.0.1']),
      pools.use('a', parseDestination('https://pool.test:8080/'), ['10.0.0.1']),
    ];
    expect(new Set(used.map(({ pool }) => pool)).size).toBe(4);
    await pools.close();
    expect(used.every(({ pool }) => pool.destroyed)).toBe(true);
  });

  it('without a connection go with their last user', () => {
    const pools = new Pools();
    const [first, second] = [pools.use('a', AT, ['10.0.0.1']), pools.use('a', AT, ['10.0.0.1'])];
    first.done();
    expect(first.pool.destroyed).toBe(false);
    second.done();
    expect(first.pool.destroyed).toBe(true);
  });

  it('go when the server ends their last connection', async () => {
    await using server = await startHttpServer((_request, response) => response.end('x'));
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    await gate.fetch(server.url);
    const [first] = server.connections;
    first?.destroy();
    await waitFor(() => (server.connections.size === 0 ? true : undefined));
    const answer = await waitFor(() => gate.fetch(server.url).catch(() => undefined));
    expect(answer.status).toBe(200);
    expect(server.accepted()).toBe(2);
  });

  it('that are idle make room when there are too many', async () => {
    await using server = await startHttpServer((_request, response) => response.end('x'));
    await using gate = openTestGate({
      egress: { allow: [`*.many.test:${server.port}`], allow_private: [server.place] },
      resolve: async () => ['127.0.0.1'],
    });
    for (let index = 0; index < 300; index += 1)
      await gate.fetch(`http://h${index}.many.test:${server.port}/`);
    await waitFor(() => (server.connections.size <= 256 ? true : undefined));
    expect(server.accepted()).toBe(300);
  });
});
