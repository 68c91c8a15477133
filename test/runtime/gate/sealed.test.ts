import { hash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSeals } from '../../../runtime/sealed/seals.ts';
import { failureOf, openTestGate, type SealedSpecs, type TestGate } from '../../support/gate.ts';
import { bodyOf, startHttpServer, type TestServer } from '../../support/http-server.ts';

interface Seen {
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

const TOKEN = '73512:AAH/sealed+token"for=tests\\only';
const OTHER = 'another-sealed-value';

let seen: Seen[] = [];
let server: TestServer;
let elsewhere: TestServer;

/** Answers `/go?to=URL&as=STATUS` with that redirect, everything else with 200, and remembers what it was asked. */
async function startListener(): Promise<TestServer> {
  return startHttpServer(async (request, response) => {
    const body = (await bodyOf(request)).toString();
    seen.push({ path: request.url ?? '', headers: request.headers, body });
    const { searchParams } = new URL(request.url ?? '', 'http://x');
    const to = searchParams.get('to');
    if (to !== null) response.writeHead(Number(searchParams.get('as') ?? 302), { location: to });
    response.end('answer');
  });
}
beforeEach(async () => {
  seen = [];
  server = await startListener();
  elsewhere = await startListener();
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await elsewhere[Symbol.asyncDispose]();
});

/** Two sealed secrets, TOKEN for `server` in every place, unless `specs` say otherwise. */
function openSealed(specs: SealedSpecs = {}): TestGate {
  return openTestGate({
    egress: { allow_private: [server.place, elsewhere.place] },
    secrets: { TOKEN, OTHER },
    sealed: {
      TOKEN: { hosts: [server.place], in: ['header', 'url', 'body'] },
      OTHER: { hosts: [] },
      ...specs,
    },
  });
}

describe('a sealed secret', () => {
  it('is a placeholder of 128 random bits for Protected Code, another one for each job', async () => {
    await using gate = openSealed();
    expect(gate.secrets.TOKEN).toMatch(/^sluice-sealed-[0-9a-f]{32}$/);
    expect(createSeals(gate.project).secrets.TOKEN).not.toBe(gate.secrets.TOKEN);
    expect(JSON.stringify(gate.secrets)).not.toContain('73512');
  });

  it('is put into headers as it is', async () => {
    await using gate = openSealed();
    await gate.fetch(server.url, {
      headers: [
        ['authorization', `Bearer ${gate.secrets.TOKEN}`],
        ['x-twice', `${gate.secrets.TOKEN} ${gate.secrets.TOKEN}`],
      ],
    });
    expect(seen[0]?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      'x-twice': `${TOKEN} ${TOKEN}`,
    });
  });

  it('is put into path and query of a URL as one part of them', async () => {
    await using gate = openSealed();
    const answer = await gate.fetch(
      `${server.url}/bot${gate.secrets.TOKEN}/send?k=${gate.secrets.TOKEN}&x=1`,
    );
    expect(seen[0]?.path).toBe(
      `/bot73512:AAH%2Fsealed+token%22for=tests%5Conly/send?k=${encodeURIComponent(TOKEN)}&x=1`,
    );
    expect(answer.url).not.toContain('73512');
  });

  it('makes no path that egress does not open', async () => {
    await using gate = openTestGate({
      egress: { allow: [{ host: server.place, paths: ['/v1/*'] }], allow_private: [server.place] },
      secrets: { PLAIN: 'items-of-7', UP: '../admin' },
      sealed: { PLAIN: { hosts: [server.place] }, UP: { hosts: [server.place] } },
    });
    await gate.fetch(`${server.url}/v1/${gate.secrets.PLAIN}`);
    const refused = await failureOf(gate.fetch(`${server.url}/v1/${gate.secrets.UP}`));
    expect(refused).toMatch('the path of this request is none that egress in project.yaml allows');
    expect(refused).not.toContain('admin');
    expect(seen.map(({ path }) => path)).toEqual(['/v1/items-of-7']);
    expect((await gate.rows()).map(({ blocked }) => blocked !== null)).toEqual([false, true]);
  });

  it('is put into a body as its type needs it', async () => {
    await using gate = openSealed();
    const send = (body: string, type: string) =>
      gate.fetch(server.url, { method: 'POST', body: Buffer.from(body), headers: [['content-type', type]] });
    const placeholder = gate.secrets.TOKEN;
    await send(JSON.stringify({ token: placeholder, deep: [`x ${placeholder}`] }), 'application/json');
    await send(`a=1&token=${placeholder}`, 'application/x-www-form-urlencoded; charset=utf-8');
    await send(`é ${placeholder} é`, 'text/plain');
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ token: TOKEN, deep: [`x ${TOKEN}`] });
    expect(Object.fromEntries(new URLSearchParams(seen[1]?.body))).toEqual({ a: '1', token: TOKEN });
    expect(seen[2]?.body).toBe(`é ${TOKEN} é`);
  });

  it('leaves its real bytes and its mask in the ledger', async () => {
    await using gate = openSealed();
    const body = Buffer.from(`token=${gate.secrets.TOKEN}`);
    await gate.fetch(`${server.url}/${gate.secrets.TOKEN}`, { method: 'POST', body });
    const sent = `token=${TOKEN}`;
    expect(await gate.rows()).toMatchObject([
      {
        url: `${server.url}/***`,
        excerpt: 'token=***',
        bytes: Buffer.byteLength(sent),
        sha256: hash('sha256', sent, 'hex'),
        status: 200,
      },
    ]);
  });

  it('is masked in the ledger when it is too short for masking, too', async () => {
    await using gate = openTestGate({
      egress: { allow_private: [server.place] },
      secrets: { PIN: '4711' },
      sealed: { PIN: { hosts: [server.place], in: ['url'] } },
    });
    await gate.fetch(`${server.url}/?pin=${gate.secrets.PIN}`);
    expect(seen[0]?.path).toBe('/?pin=4711');
    expect((await gate.rows())[0]?.url).toBe(`${server.url}/?pin=***`);
  });

  it.each([
    ['header', { headers: [['x-token', 'HERE']] }],
    ['url', { url: '/?token=HERE' }],
    ['body', { method: 'POST', body: 'HERE' }],
  ] as const)(
    'goes nowhere in a %s that "in" does not name, with a row and a sentence',
    async (place, options) => {
      const others = (['header', 'url', 'body'] as const).filter((name) => name !== place);
      await using gate = openSealed({ TOKEN: { hosts: [server.place], in: others } });
      const text = JSON.stringify({ url: '', ...options }).replaceAll('HERE', `${gate.secrets.TOKEN}`);
      const { url, body, ...rest } = JSON.parse(text);
      const sent = gate.fetch(server.url + url, {
        ...rest,
        body: body === undefined ? null : Buffer.from(body),
      });
      const sentence = `Blocked: the sealed secret TOKEN may not stand in a ${place === 'url' ? 'URL' : place}. Add "${place}" to "in" of this secret in project.yaml; a Manager has to deploy it.`;
      expect(await failureOf(sent)).toBe(`EgressError: ${sentence}`);
      expect(server.accepted()).toBe(0);
      const rows = await gate.rows();
      expect(rows).toMatchObject([{ blocked: sentence, status: null }]);
      expect(JSON.stringify(rows)).not.toContain('sluice-sealed-');
    },
  );

  it('goes to no host that "hosts" does not name, and to none when it is empty', async () => {
    await using gate = openSealed();
    const headers = (key: string) => [['authorization', `Bearer ${gate.secrets[key]}`]];
    expect(await failureOf(gate.fetch(elsewhere.url, { headers: headers('TOKEN') }))).toBe(
      `EgressError: Blocked: the sealed secret TOKEN may not go to ${elsewhere.place}. Add "${elsewhere.place}" to "hosts" of this secret in project.yaml; a Manager has to deploy it.`,
    );
    expect(await failureOf(gate.fetch(server.url, { headers: headers('OTHER') }))).toMatch(
      `the sealed secret OTHER may not go to ${server.place}`,
    );
    expect(server.accepted() + elsewhere.accepted()).toBe(0);
    expect((await gate.rows()).map(({ blocked }) => blocked !== null)).toEqual([true, true]);
  });

  it('goes to the host of a param, and to hosts below a wildcard', async () => {
    await using gate = openTestGate({
      egress: { allow_private: [`a.test:${server.port}`, server.place] },
      resolve: async () => ['127.0.0.1'],
      params: { URL: server.url },
      secrets: { TOKEN, OTHER },
      sealed: { TOKEN: { hosts: [{ param: 'URL' }] }, OTHER: { hosts: [`*.test:${server.port}`] } },
    });
    await gate.fetch(server.url, { headers: [['x-token', `${gate.secrets.TOKEN}`]] });
    await gate.fetch(`http://a.test:${server.port}`, { headers: [['x-token', `${gate.secrets.OTHER}`]] });
    expect(seen.map(({ headers }) => headers['x-token'])).toEqual([TOKEN, OTHER]);
  });

  it('stands in no host and in no name of a header', async () => {
    await using gate = openSealed({ TOKEN: { hosts: ['*.test'], in: ['header', 'url', 'body'] } });
    expect(await failureOf(gate.fetch(`https://${gate.secrets.TOKEN}.test/`))).toMatch('not in egress.allow');
    const name = gate.fetch(server.url, { headers: [[`${gate.secrets.TOKEN}`, 'x']] });
    expect(await failureOf(name)).toMatch('may not go to');
    const rows = JSON.stringify(await gate.rows());
    expect(rows).not.toContain('sluice-sealed-');
    await using open = openTestGate({
      egress: { allow: ['*.test'] },
      secrets: { TOKEN },
      sealed: { TOKEN: { hosts: ['*.test'] } },
    });
    expect(await failureOf(open.fetch(`https://${open.secrets.TOKEN}.test/`))).toMatch(
      'TOKEN cannot stand in the host of the URL',
    );
  });

  it('is not put in by encoded, reversed or halved placeholders, nor by those of another job', async () => {
    await using gate = openSealed();
    const placeholder = `${gate.secrets.TOKEN}`;
    const texts = [
      Buffer.from(placeholder).toString('base64'),
      Buffer.from(placeholder).toString('hex'),
      [...placeholder].reverse().join(''),
      placeholder.slice(0, -1),
      placeholder.toUpperCase(),
      `sluice-sealed-${'0'.repeat(32)}`,
      `${createSeals(gate.project).secrets.TOKEN}`,
    ];
    for (const text of texts) {
      await gate.fetch(elsewhere.url, { method: 'POST', body: Buffer.from(text), headers: [['x-a', text]] });
    }
    expect(seen.map(({ body }) => body)).toEqual(texts);
  });

  it('is found wherever it stands in a large body', async () => {
    await using gate = openSealed();
    const stretch = 256 * 1024;
    for (const before of [stretch - 46, stretch - 20, stretch - 1, stretch, 3 * stretch]) {
      const body = Buffer.from(`${'s'.repeat(before)}${gate.secrets.TOKEN}${'sluice-sealed-'.repeat(3)}`);
      await gate.fetch(server.url, { method: 'POST', body });
      expect(seen.at(-1)?.body.slice(before)).toBe(TOKEN + 'sluice-sealed-'.repeat(3));
    }
  });

  it('stands in no more places of a request than anybody needs', async () => {
    await using gate = openSealed();
    const body = Buffer.from(`${gate.secrets.TOKEN}`.repeat(101));
    expect(await failureOf(gate.fetch(server.url, { method: 'POST', body }))).toMatch('more than 100 places');
    expect(server.accepted()).toBe(0);
  });

  it('is told not to fit without being told', async () => {
    await using gate = openTestGate({
      egress: { allow_private: [server.place] },
      secrets: { LINES: 'first line of it\nsecond line', DOTS: '..' },
      sealed: { LINES: { hosts: [server.place] }, DOTS: { hosts: [server.place] } },
    });
    const header = await failureOf(gate.fetch(server.url, { headers: [['x-a', `${gate.secrets.LINES}`]] }));
    expect(header).toMatch('The value of the header "x-a" has a character that is not allowed');
    const url = await failureOf(gate.fetch(`${server.url}/a/${gate.secrets.DOTS}/b`));
    expect(url).toMatch('The value of the sealed secret DOTS cannot stand in a URL');
    expect((await gate.rows()).map(({ error }) => error !== null)).toEqual([true, true]);
    expect(server.accepted()).toBe(0);
  });
});

describe('a redirect of a request with a sealed secret', () => {
  it('has it again at the same host, put in anew', async () => {
    await using gate = openSealed();
    await gate.fetch(`${server.url}/go?to=/there&as=307`, {
      method: 'POST',
      body: Buffer.from(`${gate.secrets.TOKEN}`),
      headers: [['x-token', `${gate.secrets.TOKEN}`]],
    });
    expect(seen[1]).toMatchObject({ path: '/there', body: TOKEN, headers: { 'x-token': TOKEN } });
  });

  it('has no header with it at another host', async () => {
    await using gate = openSealed();
    await gate.fetch(`${server.url}/go?to=${elsewhere.url}/there`, {
      headers: [['x-token', `${gate.secrets.TOKEN}`]],
    });
    expect(seen[1]?.path).toBe('/there');
    expect(seen[1]?.headers).not.toHaveProperty('x-token');
  });

  it('is refused at another host when its body has it', async () => {
    await using gate = openSealed();
    const sent = gate.fetch(`${server.url}/go?to=${elsewhere.url}/there&as=307`, {
      method: 'POST',
      body: Buffer.from(`${gate.secrets.TOKEN}`),
    });
    expect(await failureOf(sent)).toMatch('the sealed secret TOKEN may not go to');
    expect(elsewhere.accepted()).toBe(0);
    expect((await gate.rows()).map(({ blocked }) => blocked !== null)).toEqual([false, true]);
  });

  /** Redirects `/go?...` to where `locate` says, and remembers the queries it was asked. */
  async function openRepeating(value: string, locate: (url: URL) => string) {
    const asked: string[] = [];
    const repeating = await startHttpServer((request, response) => {
      const url = new URL(request.url ?? '', `http://${request.headers.host}`);
      asked.push(url.search);
      if (url.pathname === '/go') response.writeHead(301, { location: locate(url) });
      response.end();
    });
    const gate = openTestGate({
      egress: { allow_private: [repeating.place, elsewhere.place] },
      secrets: { TOKEN: value },
      sealed: { TOKEN: { hosts: [repeating.place], in: ['url'] } },
    });
    const url = `${repeating.url}/go?k=${gate.secrets.TOKEN}`;
    return {
      gate,
      url,
      asked,
      async [Symbol.asyncDispose]() {
        await gate[Symbol.asyncDispose]();
        await repeating[Symbol.asyncDispose]();
      },
    };
  }

  it.each([
    ['as it was sent', (url: URL) => `/there/${url.search}`],
    ['without the encoding', (url: URL) => `/there/?k=${url.searchParams.get('k')}`],
    ['encoded in small letters', (url: URL) => `/there/${url.search.toLowerCase()}`],
    ['encoded twice', (url: URL) => `/in?next=${encodeURIComponent(`/there${url.search}`)}`],
    ['in a whole address', (url: URL) => `${url.origin}/there/${url.search}`],
  ])('shows the placeholder of a value that the server repeats: %s', async (_, locate) => {
    await using repeating = await openRepeating('sealed+value:1', locate);
    const { gate, url, asked } = repeating;
    expect((await gate.fetch(url)).url).toContain(gate.secrets.TOKEN);
    expect(asked[1]).toContain('sealed%2Bvalue%3A1');
    const { headers } = await gate.fetch(url, { redirect: 'manual' });
    expect(new Map(headers).get('location')).toContain(gate.secrets.TOKEN);
  });

  it('shows none of a short value either, to nobody', async () => {
    await using repeating = await openRepeating('47', ({ search }) => `/there/${search}`);
    const { gate, url, asked } = repeating;
    expect((await gate.fetch(url)).url).toContain(`?k=${gate.secrets.TOKEN}`);
    expect(asked).toEqual(['?k=47', '?k=47']);
    expect((await gate.rows()).map((row) => new URL(row.url ?? '').search)).toEqual(['?k=***', '?k=***']);
  });

  it('does not tell whether an answer has the value of a secret that the request did not have', async () => {
    await using repeating = await openRepeating(TOKEN, () => `/guess/${encodeURIComponent(TOKEN)}`);
    const { gate, url } = repeating;
    const { headers } = await gate.fetch(url.replace(/\?.*/, ''), { redirect: 'manual' });
    expect(new Map(headers).get('location')).not.toContain(gate.secrets.TOKEN);
  });

  it('is refused at another host when the address has it', async () => {
    await using repeating = await openRepeating(TOKEN, ({ search }) => `${elsewhere.url}/${search}`);
    const { gate, url } = repeating;
    expect(await failureOf(gate.fetch(url))).toMatch('the sealed secret TOKEN may not go to');
    expect(elsewhere.accepted()).toBe(0);
  });
});
