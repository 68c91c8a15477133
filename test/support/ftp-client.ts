import type { Duplex } from 'node:stream';
import { Client } from 'basic-ftp';
import type { Dialled, DialPlace } from '../../runtime/gate/dialled.ts';

export interface FtpConnection {
  readonly client: Client;
  /** The control connection. */
  readonly control: Dialled;
  /** Its data connections, in their order. */
  readonly data: readonly Dialled[];
}

/** basic-ftp on connections of the gate: it opens none itself. `passive` is the command that asks for a data connection. */
export async function openFtp(
  dial: (place: DialPlace) => Promise<Dialled>,
  { host, port }: { readonly host: string; readonly port: number },
  passive: 'PASV' | 'EPSV' = 'PASV',
): Promise<FtpConnection> {
  const control = await dial({ host, port, tls: false, protocol: 'ftp' });
  const client = new Client(5_000);
  const data: Dialled[] = [];
  client.prepareTransfer = async (ftp) => {
    const response = await ftp.request(passive);
    const connection = await control.beside(placeIn(response.message));
    data.push(connection);
    ftp.dataSocket = connection.socket;
    return response;
  };
  client.ftp.socket = control.socket;
  await client.ftp.handle(undefined, (response, task) => {
    if (response instanceof Error) task.reject(response);
    else task.resolve(response);
  });
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

/** All that a stream gives. */
export async function textOf(stream: Duplex): Promise<string> {
  let text = '';
  for await (const piece of stream) text += String(piece);
  return text;
}
