import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { getCACertificates, setDefaultCACertificates, TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selfSigned } from '../../support/certificate.ts';
import { openFtp, textOf } from '../../support/ftp-client.ts';
import { startFtpServer } from '../../support/ftp-server.ts';
import { failureOf, openTestGate } from '../../support/gate.ts';

const now = Date.now();
const certificate = selfSigned(['secure.test'], new Date(now - 1e8), new Date(now + 1e9));
const before = getCACertificates('default');
beforeAll(() => setDefaultCACertificates([certificate.cert]));
afterAll(() => setDefaultCACertificates(before));

const gateTo = (...places: readonly string[]) =>
  openTestGate({ egress: { allow_private: places }, resolve: async () => ['127.0.0.1'] });

describe('FTP with TLS that begins on the open connection', () => {
  it('uploads and downloads through the gate, which counts every byte and sees none of them', async () => {
    await using server = await startFtpServer(certificate);
    await using gate = gateTo(`secure.test:${server.port}`);
    const { client, control, data } = await openFtp(
      gate.dial,
      { host: 'secure.test', port: server.port },
      { secure: true },
    );
    expect(client.ftp.socket).toBeInstanceOf(TLSSocket);
    const content = Buffer.alloc(300_000, 'abc');
    await client.uploadFrom(Readable.from([content]), 'up.bin');
    expect(await readFile(join(server.root, 'up.bin'))).toEqual(content);
    await writeFile(join(server.root, 'down.txt'), 'from the server');
    const down = new PassThrough();
    const downloaded = textOf(down);
    await client.downloadTo(down, 'down.txt');
    expect(await downloaded).toBe('from the server');
    client.close();
    await Promise.all([control, ...data].map(({ ended }) => ended));
    const rows = await gate.rows();
    expect(rows.map(({ kind, error, blocked }) => [kind, error, blocked])).toEqual([
      ['connection', null, null],
      ['connection', null, null],
      ['connection', null, null],
    ]);
    // With what TLS adds: its hello and certificate, and some for each record.
    expect(rows[1]?.bytes).toBeGreaterThan(300_000);
    expect(rows[1]?.bytes).toBeLessThan(310_000);
    expect(rows[2]?.received_bytes).toBeGreaterThan(15);
  });

  it('goes no further with a server whose certificate is for another host', async () => {
    await using server = await startFtpServer(certificate);
    await using gate = gateTo(`wrong.test:${server.port}`);
    const opened = openFtp(gate.dial, { host: 'wrong.test', port: server.port }, { secure: true });
    expect(await failureOf(opened)).toMatch("wrong.test. is not in the cert's altnames");
    expect(await gate.rows()).toHaveLength(1);
  });
});
