import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Slots } from '../../../runtime/gate/slots.ts';
import { failureOf, openTestGate, projectWith } from '../../support/gate.ts';
import { startHttpServer } from '../../support/http-server.ts';
import { waitFor } from '../../support/wait-for.ts';

const ENDED = new Error('The job has ended.');

describe('the end of a job', () => {
  it('ends a request whose answer drips', async () => {
    await using server = await startHttpServer((_request, response) => {
      const drip = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(drip));
    });
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    const job = new AbortController();
    const fetched = failureOf(gate.fetch(server.url, {}, { signal: job.signal }));
    await waitFor(() => (server.connections.size === 1 ? true : undefined));
    job.abort(ENDED);
    expect(await fetched).toBe('Error: The job has ended.');
    await waitFor(() => (server.connections.size === 0 ? true : undefined));
    expect(await gate.rows()).toMatchObject([{ status: null, error: 'The job has ended.' }]);
  });

  it('ends a request that nobody answers, and one that waits for a name', async () => {
    await using server = await startHttpServer(() => {});
    await using gate = openTestGate({
      egress: { allow_private: [server.place], allow: ['slow.test'] },
      resolve: () => new Promise(() => {}),
    });
    const job = new AbortController();
    const fetched = [server.url, 'http://slow.test/'].map((url) =>
      failureOf(gate.fetch(url, {}, { signal: job.signal })),
    );
    await waitFor(() => (server.connections.size === 1 ? true : undefined));
    job.abort(ENDED);
    expect(await Promise.all(fetched)).toEqual(['Error: The job has ended.', 'Error: The job has ended.']);
  });

  it('lets nothing start any more', async () => {
    await using server = await startHttpServer((_request, response) => response.end());
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    const signal = AbortSignal.abort(ENDED);
    expect(await failureOf(gate.fetch(server.url, {}, { signal }))).toBe('Error: The job has ended.');
    expect(server.accepted()).toBe(0);
    expect(await gate.rows()).toEqual([]);
  });

  it('while the ledger is written keeps the bytes here', async () => {
    await using server = await startHttpServer((_request, response) => response.end());
    const job = new AbortController();
    const store = { appendLedger: async () => job.abort(ENDED) };
    await using gate = openTestGate({ egress: { allow_private: [server.place] }, store });
    expect(await failureOf(gate.fetch(server.url, {}, { signal: job.signal }))).toBe(
      'Error: The job has ended.',
    );
    expect(server.accepted()).toBe(0);
  });

  it('leaves no listener on the job', async () => {
    await using server = await startHttpServer((_request, response) => response.end());
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    };
    for (let index = 0; index < 5; index += 1) await gate.fetch(server.url, {}, { signal });
    expect(listeners).toBe(0);
  });
});

describe('closing the gate', () => {
  it('ends what is under way, writes its outcome and closes every connection', async () => {
    await using server = await startHttpServer((request, response) => {
      if (request.url === '/quick') response.end();
    });
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    await gate.fetch(`${server.url}/quick`);
    const fetched = failureOf(gate.fetch(server.url));
    await waitFor(async () => ((await gate.rows()).length === 2 ? true : undefined));
    await gate.gate.close();
    expect(await fetched).toBe('Error: Sluice is stopping.');
    expect(await gate.rows()).toMatchObject([{ status: 200 }, { error: 'Sluice is stopping.' }]);
    await waitFor(() => (server.connections.size === 0 ? true : undefined));
    expect(await failureOf(gate.fetch(server.url))).toBe('Error: Sluice is stopping.');
  });
});

describe('connections', () => {
  it('are used again, by the same project only', async () => {
    await using server = await startHttpServer((_request, response) => response.end('x'));
    const egress = { allow_private: [server.place] };
    await using gate = openTestGate({ egress });
    for (let index = 0; index < 5; index += 1) await gate.fetch(server.url);
    expect(server.accepted()).toBe(1);
    const other = projectWith({ egress });
    const project = { ...other, project: { ...other.project, id: 'another project' } };
    await gate.fetch(server.url, {}, { project });
    expect(server.accepted()).toBe(2);
  });

  it('of one job are at most sixteen; more requests wait for their turn', async () => {
    let open = 0;
    let most = 0;
    const held: (() => void)[] = [];
    await using server = await startHttpServer((_request, response) => {
      open += 1;
      most = Math.max(most, open);
      held.push(() => {
        open -= 1;
        response.end();
      });
    });
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    const fetched = Promise.all(Array.from({ length: 40 }, () => gate.fetch(server.url)));
    let answered = 0;
    while (answered < 40) {
      const release = await waitFor(() => (open === Math.min(16, 40 - answered) ? held.shift() : undefined));
      release();
      answered += 1;
    }
    await fetched;
    expect(most).toBe(16);
  });
});

describe('slots', () => {
  const { signal } = new AbortController();

  it('go to those who wait, in their order', async () => {
    const slots = new Slots(1, 10);
    const order: string[] = [];
    const first = await slots.take('job', signal);
    const others = ['second', 'third'].map(async (name) => {
      const giveBack = await slots.take('job', signal);
      order.push(name);
      giveBack();
    });
    (await slots.take('another job', signal))();
    expect(order).toEqual([]);
    first();
    await Promise.all(others);
    expect(order).toEqual(['second', 'third']);
  });

  it('are not lost to one who stopped waiting', async () => {
    const slots = new Slots(1, 10);
    const first = await slots.take('job', signal);
    const impatient = new AbortController();
    const waiting = failureOf(slots.take('job', impatient.signal));
    await setImmediate();
    impatient.abort(ENDED);
    expect(await waiting).toMatch('The job has ended');
    first();
    (await slots.take('job', signal))();
  });

  it('have a bounded line', async () => {
    const slots = new Slots(1, 1);
    await slots.take('job', signal);
    void slots.take('job', signal);
    expect(await failureOf(slots.take('job', signal))).toMatch('More than 1 requests wait');
  });
});
