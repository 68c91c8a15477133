import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, it } from 'vitest';
import { failureOf, keptBody, openTestGate, type TestGate } from '../../../support/gate.ts';
import { bodyOf, startHttpServer, type TestServer } from '../../../support/http-server.ts';
import { isSigned } from '../../../support/s3-server.ts';

const MB = 1024 * 1024;

interface Place extends TestServer {
  /** What it gives to GET. */
  content: Buffer;
  readonly got: { readonly headers: IncomingHttpHeaders; readonly body: Buffer }[];
}

async function startPlace(): Promise<Place> {
  const got: Place['got'] = [];
  const server = await startHttpServer(async (request, response) => {
    if (request.method === 'GET') return response.end(place.content);
    got.push({ headers: request.headers, body: await bodyOf(request) });
    response.end();
  });
  const place: Place = Object.assign(server, { content: Buffer.alloc(2 * MB, 'x'), got });
  return place;
}

/** A gate that may ask the place, with a sealed key that may go there in the body too. */
const openFor = (place: TestServer): TestGate =>
  openTestGate({
    egress: { allow_private: [place.place] },
    secrets: { KEY: 'the-key-that-signs' },
    sealed: { KEY: { hosts: [place.place], in: ['header', 'url', 'body'] } },
  });

async function handOn(gate: TestGate, place: Place, options: { sign?: unknown; headers?: unknown } = {}) {
  const { handle } = keptBody(await gate.fetchUnread(place.url));
  return gate.fetch(`${place.url}/in`, { method: 'PUT', body: { handle, last: true }, ...options });
}

describe('a body that is handed on', () => {
  it('is signed by its hash for S3', async () => {
    await using place = await startPlace();
    await using gate = openFor(place);
    const sign = {
      type: 'aws4',
      access_key_id: 'AKID',
      secret: gate.secrets.KEY,
      region: 'us-east-1',
      service: 's3',
    };
    await handOn(gate, place, { sign });
    const [sent] = place.got;
    const request = {
      method: 'PUT',
      target: '/in',
      headers: sent?.headers ?? {},
      body: sent?.body ?? Buffer.alloc(0),
    };
    expect(isSigned(request, 'AKID', 'the-key-that-signs')).toBe(true);
  });

  it('is signed as a whole where HMAC wants that', async () => {
    await using place = await startPlace();
    await using gate = openFor(place);
    await handOn(gate, place, {
      sign: { type: 'hmac', secret: gate.secrets.KEY, header: 'X-Signature', template: '{method}.{body}' },
    });
    const expected = createHmac('sha256', 'the-key-that-signs')
      .update('PUT.')
      .update(place.content)
      .digest('hex');
    expect(place.got[0]?.headers['x-signature']).toBe(expected);
  });

  it('is no form for OAuth 1', async () => {
    await using place = await startPlace();
    await using gate = openFor(place);
    const sign = { type: 'oauth1', consumer_key: 'me', consumer_secret: gate.secrets.KEY };
    const headers = [['content-type', 'application/x-www-form-urlencoded']];
    expect(await failureOf(handOn(gate, place, { sign, headers }))).toBe(
      'TypeError: fetch signs forms of up to 65536 bytes with oauth1',
    );
    await handOn(gate, place, { sign });
    expect(place.got).toHaveLength(1);
  });

  it.each([
    ['begins', 0],
    ['stands across two pieces', 64 * 1024 - 20],
    ['stands at the end of a piece', 64 * 1024 - 46],
    ['ends', 2 * MB - 46],
  ])('is refused when a placeholder %s in it, even where the secret may go', async (_where, at) => {
    await using place = await startPlace();
    await using gate = openFor(place);
    place.content.write(gate.secrets.KEY ?? '', at);
    expect(await failureOf(handOn(gate, place))).toMatch(
      /^EgressError: Blocked: the body that is handed on holds the placeholder of the sealed secret KEY, and no value is put into/,
    );
    expect(place.got).toEqual([]);
    const [, row] = await gate.rows();
    expect(row).toMatchObject({
      method: 'PUT',
      bytes: 2 * MB,
      blocked: expect.stringContaining('KEY'),
      status: null,
    });
    expect(`${row?.excerpt}`).not.toContain(gate.secrets.KEY);
  });

  it('is sent although it holds what looks like a placeholder and is none', async () => {
    await using place = await startPlace();
    await using gate = openFor(place);
    place.content.write(`sluice-sealed-${'0'.repeat(32)}`, 64 * 1024 - 20);
    await handOn(gate, place);
    expect(place.got[0]?.body.equals(place.content)).toBe(true);
  });
});
