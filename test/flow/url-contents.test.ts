import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHttpServer } from '../support/http-server.ts';
import { clickButton, deployTask, openTestRuntime, type TestRuntime } from '../support/runtime.ts';

let works: TestRuntime;
beforeAll(async () => {
  works = await openTestRuntime();
});
afterAll(() => works.close());

describe('url2bin and url2base64', () => {
  it('take what is at an address through the gate, and reject for anything but success', async () => {
    await using server = await startHttpServer((request, response) => {
      response.writeHead(request.url === '/gone' ? 404 : 200).end(Buffer.from([0, 255, 7]));
    });
    await deployTask(works.runtime, {
      slug: 'contents',
      yaml: `egress: { allow_private: ["${server.place}"] }`,
      files: {
        'protected.ts': `export async function take(url: string) {
          const bytes = await url2bin(url);
          const gone = await url2base64(url + 'gone').catch((error: Error) => error.message);
          return [...bytes, await url2base64(url), gone];
        }`,
      },
      code: `async function handle_button(url) { return [await take(url), typeof globalThis.url2bin]; }`,
      triggers: ['{type: button, name: GO}'],
    });
    const job = await clickButton(works.runtime, 'contents', 'GO', `${server.url}/`);
    expect(JSON.parse(job.result ?? 'null')).toEqual([
      [0, 255, 7, 'AP8H', `${server.url}/gone answered 404, so there is nothing to take from it.`],
      'undefined',
    ]);
    expect((await works.store.listLedger({ job: job.id }, { limit: 9 })).items).toHaveLength(3);
  });
});
