import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FtpSrv } from 'ftp-srv';
import { freePort } from './free-port.ts';
import { startTcpServer, type TestServer } from './http-server.ts';

export interface FtpServer extends AsyncDisposable {
  readonly port: number;
  /** Where its files are. */
  readonly root: string;
}

/** A real FTP server on 127.0.0.1 that lets everybody in, with TLS for those who ask for it where there is a certificate. */
export async function startFtpServer(
  certificate?: Readonly<{ key: string; cert: string }>,
): Promise<FtpServer> {
  const root = await mkdtemp(join(tmpdir(), 'sluice-ftp-'));
  const port = await freePort();
  const server = new FtpSrv({
    url: `ftp://127.0.0.1:${port}`,
    pasv_url: '127.0.0.1',
    pasv_min: 20_000,
    pasv_max: 40_000,
    anonymous: true,
    ...(certificate === undefined ? {} : { tls: certificate }),
    log: SILENT,
  });
  server.on('login', (_data, resolve) => resolve({ root }));
  await server.listen();
  return {
    port,
    root,
    async [Symbol.asyncDispose]() {
      await server.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** An FTP server that answers every command well, and PASV with `passive`. */
export const startLyingFtpServer = (passive: string): Promise<TestServer> =>
  startTcpServer((socket) => {
    socket.write('220 here\r\n');
    socket.on('data', (command) => {
      const name = command.toString().slice(0, 4).trim().toUpperCase();
      socket.write(
        ANSWERS.get(name) ??
          (name === 'PASV' ? `227 Entering Passive Mode (${passive})\r\n` : '200 fine\r\n'),
      );
    });
  });

const ANSWERS = new Map([
  ['USER', '331 and?\r\n'],
  ['PASS', '230 in\r\n'],
  ['FEAT', '502 no\r\n'],
]);

const quiet = (): void => {};
const SILENT = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => SILENT };
