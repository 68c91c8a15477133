import type { Duplex } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';
import { Client } from 'basic-ftp';
import type { Dialled, DialPlace } from '../../runtime/gate/dialled.ts';

export interface FtpConnection {
  readonly client: Client;
  /** The control connection. */
  readonly control: Dialled;
  /** Its data connections, in their order. */
  readonly data: readonly Dialled[];
}

/** `PASV` and `EPSV` ask for a data connection. `secure`: TLS begins on the open connection (`AUTH TLS`), then on each for data. */
export interface FtpOptions {
  readonly passive?: 'PASV' | 'EPSV';
  readonly secure?: boolean;
}

/** basic-ftp on connections of the gate: it opens none itself. */
export async function openFtp(
  dial: (place: DialPlace) => Promise<Dialled>,
  { host, port }: { readonly host: string; readonly port: number },
  { passive = 'PASV', secure = false }: FtpOptions = {},
): Promise<FtpConnection> {
  const control = await dial({ host, port, tls: false, protocol: 'ftp' });
  const client = new Client(5_000);
  const data: Dialled[] = [];
  client.prepareTransfer = async (ftp) => {
    const response = await ftp.request(passive);
    const connection = await control.beside(placeIn(response.message));
    data.push(connection);
    ftp.dataSocket = ftp.hasTLS
      ? await secured(connect({ ...ftp.tlsOptions, socket: connection.socket }))
      : connection.socket;
    return response;
  };
  client.ftp.socket = control.socket;
  await client.ftp.handle(undefined, (response, task) => {
    if (response instanceof Error) task.reject(response);
    else task.resolve(response);
  });
  if (secure) await client.useTLS({ host, servername: host });
  await client.login('anonymous', 'guest');
  await client.useDefaultSettings();
  return { client, control, data };
}

/** `227 ... (10,0,0,1,4,1)` or `229 ... (|||1025|)`. */
function placeIn(message: string): { host?: string; port: number } {
  const [, extended] = /\(\|\|\|(\d+)\|\)/.exec(message) ?? [];
  if (extended !== undefined) return { port: Number(extended) };
  const numbers = (/\((\d+(?:,\d+){5})\)/.exec(message)?.[1] ?? '').split(',').map(Number);
  const [a, b, c, d, high = 0, low = 0] = numbers;
  return { host: [a, b, c, d].join('.'), port: high * 256 + low };
}

/** Once its certificate is checked. */
function secured(socket: TLSSocket): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      socket.removeListener('error', reject);
      resolve(socket);
    });
  });
}

/** All that a stream gives. */
export async function textOf(stream: Duplex): Promise<string> {
  let text = '';
  for await (const piece of stream) text += String(piece);
  return text;
}
