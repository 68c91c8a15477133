import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { createClient } from '../../../server/cli/client.ts';
import type { CommandContext } from '../../../server/cli/context.ts';
import { createOutput } from '../../../server/cli/output.ts';

export interface TestServer {
  readonly url: string;
  readonly server: Server;
  stop(): Promise<void>;
}

/** A real HTTP server on loopback that stands for Sluice. */
export async function listen(listener: RequestListener): Promise<TestServer> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export interface CapturedContext extends CommandContext {
  stdout(): string;
  stderr(): string;
}

/** A command's context for a server, with everything it writes kept in memory. */
export function captureContext(url: string, options: { readonly json?: boolean } = {}): CapturedContext {
  const stdout = collect();
  const stderr = collect();
  const credentials = { url, token: 'a-token', source: '--token' };
  return {
    output: createOutput({ json: options.json === true, stdout: stdout.stream, stderr: stderr.stream }),
    credentials: async () => credentials,
    connect: async () => createClient(credentials),
    stdout: stdout.text,
    stderr: stderr.text,
  };
}

function collect(): { readonly stream: Writable; text(): string } {
  let written = '';
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      written += String(chunk);
      done();
    },
  });
  return { stream, text: () => written };
}
