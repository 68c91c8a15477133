import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { CliError } from '../../../server/cli/cli-error.ts';
import { createClient, route, Unavailable } from '../../../server/cli/client.ts';
import { listen, type TestServer } from './support.ts';

let server: TestServer | undefined;

afterEach(async () => {
  await server?.stop();
  server = undefined;
});

/** What asking a server that answers like this ends with. */
async function failure(listener: RequestListener, token: string | null = 'a-token'): Promise<CliError> {
  server = await listen(listener);
  const client = createClient({ url: server.url, token, source: 'SLUICE_TOKEN' });
  const error: unknown = await client.get('/projects').catch((reason) => reason);
  if (error instanceof CliError) return error;
  throw new Error(`expected a CliError, got ${error}`);
}

const answering =
  (status: number, body: unknown): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };

describe('the client of the API', () => {
  it('shows the token and sends JSON', async () => {
    const seen: unknown[] = [];
    server = await listen(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      seen.push(request.method, request.url, request.headers.authorization, Buffer.concat(chunks).toString());
      response.end('{"ok":true}');
    });
    const client = createClient({ url: server.url, token: 'a-token', source: '--token' });
    expect(await client.send('PUT', route`/projects/${'a/b'}`, { value: 1 })).toEqual({ ok: true });
    expect(seen).toEqual(['PUT', '/api/v1/projects/a%2Fb', 'Bearer a-token', '{"value":1}']);
  });

  it('says how to start a server when none answers', async () => {
    server = await listen(() => {});
    const { url } = server;
    await server.stop();
    const client = createClient({ url, token: null, source: '' });
    await expect(client.get('/projects')).rejects.toThrow(
      `No Sluice answers at ${url}. Start one with \`sluice serve\`, or give --url.`,
    );
  });

  it('says where the token came from when it is refused', async () => {
    expect((await failure(answering(401, {}))).message).toContain('The token from SLUICE_TOKEN is not valid');
  });

  it('says where it looked when there was no token', async () => {
    expect((await failure(answering(401, {}), null)).message).toContain('No token was found in SLUICE_TOKEN');
  });

  it('repeats what the server said, one line for each detail', async () => {
    const details = [
      { file: 'tasks/a.ts', line: 3, column: 7, message: 'Unexpected "}"' },
      { file: 'project.yaml', line: 0, column: 0, message: 'unknown key "paramz"' },
    ];
    const error = await failure(answering(422, { error: { code: 'x', message: 'Refused.', details } }));
    expect(error.message).toBe('Refused.');
    expect(error.lines).toEqual(['tasks/a.ts:3:7 Unexpected "}"', 'project.yaml unknown key "paramz"']);
  });

  it('says why a server is not ready, and what to do when it does not say so itself', async () => {
    const away = { code: 'store_unavailable', message: 'Sluice cannot reach its database. Call again.' };
    const error = await failure(answering(503, { error: away }));
    expect(error).toBeInstanceOf(Unavailable);
    expect(error.message).toMatch(/is not ready \(503\): Sluice cannot reach its database\. Call again\.$/);
    expect((await failure(answering(502, 'Bad Gateway'))).message).toMatch(
      /is not ready \(502\)\. Try again in a moment\.$/,
    );
  });

  it('takes options that the server does not know for wrong use', async () => {
    const wrong = answering(400, { error: { code: 'invalid_query', message: 'The query is not valid.' } });
    expect(await failure(wrong)).toMatchObject({ exitCode: 2, code: 'invalid_query' });
    const other = answering(409, { error: { code: 'conflict', message: 'It is not there.' } });
    expect(await failure(other)).toMatchObject({ exitCode: 1, code: 'conflict' });
  });

  it('does not let a server write to the terminal with control characters', async () => {
    const error = await failure(answering(400, { error: { message: 'a\u001b[2Jb\nc' } }));
    expect(error.message).toBe('a\\e[2Jb\\nc');
  });

  it('tells a server that is not Sluice', async () => {
    expect((await failure(answering(404, 'nothing here'))).message).toContain('not like Sluice');
    await server?.stop();
    expect((await failure((_request, response) => response.end('<html>'))).message).toContain(
      'not like Sluice',
    );
  });

  it('follows no redirect, so that the token goes nowhere else', async () => {
    const error = await failure((_request, response) => {
      response.writeHead(302, { location: 'http://127.0.0.1:1/' });
      response.end();
    });
    expect(error.message).toContain('answered 302');
  });
});
