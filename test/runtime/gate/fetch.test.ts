import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { failureOf, openTestGate } from '../../support/gate.ts';
import { bodyOf, startHttpServer } from '../../support/http-server.ts';

const text = (body: Uint8Array) => Buffer.from(body).toString('utf8');

describe('fetch through the gate', () => {
  it('sends the request as it is and gives the answer back', async () => {
    await using server = await startHttpServer(async (request, response) => {
      const body = await bodyOf(request);
      const { method, url, headers } = request;
      response.writeHead(
        201,
        'Made',
        [
          ['Content-Type', 'application/json'],
          ['Set-Cookie', 'a=1'],
          ['Set-Cookie', 'b=2'],
        ].flat(),
      );
      response.end(JSON.stringify({ method, url, headers, body: body.toString() }));
    });
    await using gate = openTestGate({ egress: { allow_private: [server.place] } });
    const answer = await gate.fetch(`${server.url}/a/b?c=d#e`, {
      method: 'post',
      headers: [
        ['X-Test', '1'],
        ['content-type', 'text/plain'],
      ],
      body: Buffer.from('héllo'),
    });
    expect({ ...answer, body: JSON.parse(text(answer.body)), headers: [] }).toEqual({
      status: 201,
      statusText: 'Made',
      url: `${server.url}/a/b?c=d`,
      redirected: false,
      headers: [],
      body: {
        method: 'POST',
        url: '/a/b?c=d',
        headers: {
          accept: '*/*',
          'accept-encoding': 'gzip, deflate, br',
          connection: 'keep-alive',
          'content-length': '6',
          'content-type': 'text/plain',
          host: server.place,
          'user-agent': 'sluice',
          'x-test': '1',
        },
        body: 'héllo',
      },
    });
    expect(answer.headers.filter(([name]) => name === 'set-cookie')).toEqual([
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ]);
    expect(answer.headers.map(([name]) => name)).not.toContain('transfer-encoding');
    const [row, ...others] = await gate.rows();
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      kind: 'request',
      project: 'demo',
      task: 'Greet',
      trigger: 'HELLO',
      job: '0190a1b2-0000-7000-8000-00000000000f',
      version: 3,
      user: 'admin',
      recipient: server.place,
      method: 'POST',
      url: `${server.url}/a/b?c=d`,
      bytes: 6,
      sha256: hash('sha256', 'héllo', 'hex'),
      excerpt: 'héllo',
      status: 201,
      blocked: null,
      error: null,
      received_bytes: answer.body.length,
    });
  });

  it('names what it does not know', async () => {
    await using gate = openTestGate();
    expect(await failureOf(gate.call('dial', []))).toBe('Error: The gate has no operation "dial".');
    expect(await failureOf(gate.call('constructor', []))).toMatch('no operation');
    expect(await failureOf(gate.call('fetch', null))).toMatch('TypeError: The arguments');
  });
});
