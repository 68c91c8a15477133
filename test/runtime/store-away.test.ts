import { afterEach, describe, expect, it } from 'vitest';
import { storeAway } from '../../runtime/store/store-unavailable.ts';
import { startHttpServer } from '../support/http-server.ts';
import { clickButton, deployTask, linesOf, openTestRuntime } from '../support/runtime.ts';
import { openTestStore, type TestStore } from '../support/store.ts';

let data: TestStore | undefined;
afterEach(async () => {
  await data?.close();
  data = undefined;
});

describe('a queued job that wants to send while the database is away', () => {
  it.each([
    ['fetch', (url: string) => `const answer = await fetch("${url}"); return answer.status;`],
    ['log_outgoing_data', () => 'await log_outgoing_data("someone", "x"); return 1;'],
  ])('sends nothing with %s, and is tried again', async (_name, body) => {
    await using server = await startHttpServer((_request, response) => response.end());
    data = openTestStore();
    const store = { ...data.store, appendLedger: () => Promise.reject(storeAway()) };
    const works = await openTestRuntime({ store });
    try {
      await deployTask(works.runtime, {
        slug: 'away',
        yaml: `egress: {allow_private: ["${server.place}"]}`,
        code: 'export async function handle_button() { return send(); }',
        files: { 'protected.ts': `export async function send(): Promise<number> { ${body(server.url)} }` },
        triggers: ['{type: button, name: GO}'],
      });
      const job = await clickButton(works.runtime, 'away', 'GO');
      expect(job).toMatchObject({ status: 'queued', attempt: 1 });
      const lines = (await linesOf(store, job.id)).map(({ message }) => message).join('\n');
      expect(lines).toContain('RetryableJobError: The database of Sluice is not there at the moment.');
      expect(server.accepted()).toBe(0);
    } finally {
      await works.close();
    }
  });
});
