import { startTcpServer } from './http-server.ts';

/** A port of 127.0.0.1 on which nobody listens at the moment, for servers that do not choose one themselves. */
export async function freePort(): Promise<number> {
  await using server = await startTcpServer(() => {});
  return server.port;
}
