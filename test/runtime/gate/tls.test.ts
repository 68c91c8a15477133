import { createServer } from 'node:https';
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Certificate, selfSigned } from '../../support/certificate.ts';
import { failureOf, openTestGate } from '../../support/gate.ts';
import { listen, startHttpServer } from '../../support/http-server.ts';

const DAY = 24 * 3600 * 1000;
const at = (days: number) => new Date(Date.now() + days * DAY);
const trusted = selfSigned(['secure.test', 'other.test'], at(-2), at(30));
const expired = selfSigned(['secure.test'], at(-30), at(-2));
const unknown = selfSigned(['secure.test'], at(-2), at(30));

const startHttps = ({ cert, key }: Certificate) =>
  listen(
    createServer({ cert, key }, (request, response) =>
      response.end(
        `${(request.socket as TLSSocket & { servername?: string }).servername} ${request.headers.host}`,
      ),
    ),
    '127.0.0.1',
  );

const openGate = (port: number) =>
  openTestGate({
    egress: { allow_private: ['secure.test', 'wrong.test', '127.0.0.1'].map((name) => `${name}:${port}`) },
    resolve: async () => ['127.0.0.1'],
  });

describe('https through the gate', () => {
  const before = getCACertificates('default');
  beforeAll(() => setDefaultCACertificates([trusted.cert, expired.cert]));
  afterAll(() => setDefaultCACertificates(before));

  it('goes to the checked address and names the host that was asked for', async () => {
    await using server = await startHttps(trusted);
    await using gate = openGate(server.port);
    const answer = await gate.fetch(`https://secure.test:${server.port}/`);
    expect(Buffer.from(answer.body).toString()).toBe(`secure.test secure.test:${server.port}`);
    expect(await gate.rows()).toMatchObject([{ recipient: `secure.test:${server.port}`, status: 200 }]);
  });

  it.each([
    ['is for another host', trusted, 'wrong.test', 'the certificate is for another host than'],
    ['does not name the address', trusted, '127.0.0.1', 'the certificate is for another host than'],
    ['has expired', expired, 'secure.test', 'the certificate has expired of'],
    ['nobody vouches for', unknown, 'secure.test', 'the certificate is not trusted of'],
  ])('refuses a certificate that %s', async (_name, certificate, host, sentence) => {
    await using server = await startHttps(certificate);
    await using gate = openGate(server.port);
    const failure = await failureOf(gate.fetch(`https://${host}:${server.port}/`, { method: 'POST' }));
    expect(failure).toBe(`TypeError: fetch failed: ${sentence} ${host}:${server.port}`);
  });

  it('is an error where plain HTTP is spoken, and the other way round', async () => {
    await using server = await startHttps(trusted);
    await using gate = openGate(server.port);
    expect(await failureOf(gate.fetch(`http://secure.test:${server.port}/`))).toMatch('fetch failed');
    await using plain = await startHttpServer((_request, response) => response.end());
    await using plainGate = openGate(plain.port);
    expect(await failureOf(plainGate.fetch(`https://secure.test:${plain.port}/`))).toBe(
      `TypeError: fetch failed: no secure connection to secure.test:${plain.port}`,
    );
  });
});
