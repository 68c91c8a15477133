import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { LedgerRow, LedgerWrite } from '../../../runtime/store/ledger-store.ts';
import { storeAway } from '../../../runtime/store/store-unavailable.ts';
import { failureOf, openTestGate } from '../../support/gate.ts';
import { bodyOf, startHttpServer, startTcpServer } from '../../support/http-server.ts';

const SECRET = '123456:AAH-token/of+tests';

describe('the ledger of the gate', () => {
  it('has the row before the server sees the first byte, and even before it is connected', async () => {
    const asked: Promise<readonly LedgerRow[]>[] = [];
    let rows: () => Promise<readonly LedgerRow[]> = async () => [];
    await using server = await startTcpServer((socket) => {
      asked.push(rows());
      socket.once('data', () => {
        asked.push(rows());
        socket.end('HTTP/1.1 204 No Content\r\n\r\n');
      });
    });
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    rows = async () => (await gate.store.listLedger({}, { limit: 10 })).items;
    await gate.fetch(server.url, { method: 'POST', body: Buffer.from('hello') });
    const [atConnect, atFirstByte] = await Promise.all(asked);
    expect(atConnect).toMatchObject([{ kind: 'request', bytes: 5, status: null }]);
    expect(atFirstByte).toMatchObject([{ kind: 'request', excerpt: 'hello', status: null }]);
    expect(await gate.rows()).toMatchObject([{ status: 204, received_bytes: 0, error: null }]);
  });

  it('lets nothing leave when it cannot be written', async () => {
    await using server = await startHttpServer((_request, response) => response.end());
    const store = { appendLedger: () => Promise.reject(new Error('disk full at /var/lib/x')) };
    await using gate = openTestGate({ egress: { allow_private: [server.place] }, store });
    const sentence = 'Error: The ledger cannot be written, so nothing was sent. Tell an administrator.';
    expect(await failureOf(gate.fetch(server.url))).toBe(sentence);
    expect(await failureOf(gate.call('log_outgoing_data', ['someone', 'x']))).toBe(sentence);
    expect(await failureOf(gate.fetch('https://closed.test/'))).toBe(sentence);
    expect(server.accepted()).toBe(0);
  });

  it('says that it can be written later when the database is away, whatever was to be sent', async () => {
    await using server = await startHttpServer((_request, response) => response.end());
    const store = { appendLedger: () => Promise.reject(storeAway()) };
    await using gate = openTestGate({ egress: { allow_private: [server.place] }, store });
    const away = { code: 'store_unavailable' };
    await expect(gate.fetch(server.url)).rejects.toMatchObject(away);
    await expect(gate.fetch('https://closed.test/')).rejects.toMatchObject(away);
    await expect(gate.call('log_outgoing_data', ['someone', 'x'])).rejects.toMatchObject(away);
    expect(server.accepted()).toBe(0);
  });

  it('gives an answer without waiting for its outcome, which is on disk before the next request; the end of the job waits', async () => {
    await using server = await startHttpServer((_request, response) => response.end());
    await using whole = openTestGate();
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const store = {
      async appendLedger(rows: readonly LedgerWrite[]) {
        await whole.store.appendLedger(rows);
        if (rows[0]?.kind === 'outcome') await released;
      },
    };
    await using gate = openTestGate({ egress: { allow_private: [server.place] }, store });
    const { signal } = new AbortController();
    await gate.fetch(server.url, {}, { signal });
    await gate.call('log_outgoing_data', ['someone', 'x'], { signal });
    const { items } = await whole.store.listLedger({}, { limit: 10 });
    expect(items.map(({ kind, status }) => `${kind} ${status}`)).toEqual(['declared null', 'request 200']);
    let ended = false;
    const end = gate.gate.written({ signal }).then((lost) => {
      ended = true;
      return lost;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(ended).toBe(false);
    release();
    expect(await end).toBe(0);
  });

  it('counts outcomes that cannot be written, for each attempt', async () => {
    await using server = await startHttpServer((_request, response) => response.end());
    const store = {
      appendLedger: async ([row]: readonly LedgerWrite[]) => {
        if (row?.kind === 'outcome') throw new Error('disk full');
      },
    };
    await using gate = openTestGate({ egress: { allow_private: [server.place] }, store });
    const attempt = () => ({ signal: new AbortController().signal });
    const [one, other] = [attempt(), attempt()];
    for (let count = 0; count < 2; count += 1)
      expect(await gate.fetch(server.url, {}, one)).toMatchObject({ status: 200 });
    expect(await gate.gate.written(one)).toBe(2);
    expect(await gate.gate.written(other)).toBe(0);
  });

  it('holds exactly the bytes that were sent', async () => {
    const received: Buffer[] = [];
    await using server = await startHttpServer(async (request, response) => {
      received.push(await bodyOf(request));
      response.end('y'.repeat(1000));
    });
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    const large = Buffer.alloc(700_000, 'abcdefg');
    for (const body of [null, new Uint8Array(), Buffer.from('é'), large]) {
      await gate.fetch(server.url, { method: 'PUT', body });
    }
    const rows = await gate.rows();
    expect(rows.map(({ bytes }) => bytes)).toEqual([0, 0, 2, 700_000]);
    expect(rows.map(({ sha256 }) => sha256)).toEqual(received.map((body) => hash('sha256', body, 'hex')));
    expect(rows.map(({ received_bytes }) => received_bytes)).toEqual([1000, 1000, 1000, 1000]);
    expect(rows[3]?.excerpt).toBe(large.subarray(0, 1024).toString());
  });

  it('shows no secret: not in the URL, the host, the method, the body or an error', async () => {
    await using server = await startHttpServer((_request, response) => response.end());
    await using gate = openTestGate({
      egress: { allow_private: [server.place], allow: ['*.test'] },
      secrets: { TOKEN: SECRET, LABEL: 'secretlabel', METHOD: 'SECRETMETHOD' },
      resolve: async () => {
        throw Object.assign(new Error(`queryA ENOTFOUND ${SECRET}`), { code: 'ENOTFOUND' });
      },
    });
    const base64 = Buffer.from(SECRET).toString('base64');
    const query = new URLSearchParams({ token: SECRET, basic: base64 });
    await gate.fetch(`${server.url}/bot${SECRET}/${encodeURIComponent(SECRET)}?${query}`, {
      method: 'SECRETMETHOD',
      body: Buffer.from(`${'x'.repeat(1010)}${SECRET}`),
    });
    const failure = await failureOf(gate.fetch('https://secretlabel.test/'));
    expect(failure).toBe('TypeError: fetch failed: no such host: ***.test:443');
    const refusal = await failureOf(gate.fetch('https://secretlabel.closed/'));
    expect(refusal).toMatch('Blocked: ***.closed');
    const [row, failed, blocked] = await gate.rows();
    expect(row).toMatchObject({
      url: `${server.url}/bot***/***?token=***&basic=***`,
      method: '***',
      excerpt: `${'x'.repeat(1010)}***`,
    });
    expect(failed).toMatchObject({ recipient: '***.test', url: 'https://***.test/', status: null });
    expect(blocked).toMatchObject({ recipient: '***.closed', error: null });
    expect(JSON.stringify(await gate.rows())).not.toMatch(/AAH|secretlabel|SECRETMETHOD/);
  });

  it('keeps a row for what failed, with the reason', async () => {
    await using server = await startTcpServer((socket) => socket.once('data', () => socket.destroy()));
    const { place, url } = server;
    await using gate = openTestGate({
      egress: { allow_private: [place], allow: ['gone.test'] },
      resolve: async () => [],
    });
    expect(await failureOf(gate.fetch(url))).toBe(`TypeError: fetch failed: connection closed by ${place}`);
    expect(await failureOf(gate.fetch('http://gone.test/'))).toBe(
      'TypeError: fetch failed: no such host: gone.test:80',
    );
    await server[Symbol.asyncDispose]();
    expect(await failureOf(gate.fetch(url))).toBe(`TypeError: fetch failed: connection refused by ${place}`);
    expect((await gate.rows()).map(({ error, blocked }) => [error, blocked])).toEqual([
      [`fetch failed: connection closed by ${place}`, null],
      ['fetch failed: no such host: gone.test:80', null],
      [`fetch failed: connection refused by ${place}`, null],
    ]);
  });
});

describe('log_outgoing_data', () => {
  it.each([
    ['text', 'héllo', 'héllo'],
    ['bytes', Buffer.from('héllo'), 'héllo'],
    ['an ArrayBuffer', new Uint8Array([0x68, 0x69]).buffer, 'hi'],
    ['an object', { a: [1, 'b'] }, '{"a":[1,"b"]}'],
    ['a Map', new Map([['a', new Set([1])]]), '[["a",[1]]]'],
    ['bytes in an object', { a: Buffer.from('hi') }, '{"a":"aGk="}'],
    ['nothing', undefined, ''],
    ['null', null, 'null'],
  ])('declares %s', async (_name, data, text) => {
    await using gate = openTestGate();
    expect(await gate.call('log_outgoing_data', ['partner', data])).toBeUndefined();
    expect(await gate.rows()).toMatchObject([
      {
        kind: 'declared',
        recipient: 'partner',
        method: null,
        url: null,
        bytes: Buffer.byteLength(text),
        sha256: hash('sha256', text, 'hex'),
        excerpt: text,
        job: '0190a1b2-0000-7000-8000-00000000000f',
      },
    ]);
  });

  it('is also called log_transmission, and masks secrets', async () => {
    await using gate = openTestGate({ secrets: { TOKEN: SECRET } });
    await gate.call('log_transmission', [`to ${SECRET}`, { token: SECRET }]);
    expect(await gate.rows()).toMatchObject([{ recipient: 'to ***', excerpt: '{"token":"***"}' }]);
  });

  it.each([[[]], [['', 'x']], [[1, 'x']], [['r'.repeat(1001), 'x']], [null], ['text'], [{ 0: 'a' }]])(
    'refuses %j',
    async (argument) => {
      await using gate = openTestGate();
      expect(await failureOf(gate.call('log_outgoing_data', argument))).toMatch(
        /^TypeError: The (recipient|arguments) of/,
      );
      expect(await gate.rows()).toEqual([]);
    },
  );
});
