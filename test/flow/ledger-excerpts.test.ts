import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LedgerRow } from '../../runtime/store/ledger-store.ts';
import { startHttpServer, type TestServer } from '../support/http-server.ts';
import { type Instance, startInstance } from '../support/instance.ts';

let instance: Instance;
let server: TestServer;

const files = (keep: string) => ({
  'project.yaml': `name: Quiet
slug: quiet
active: true
egress: { allow_private: ["${server.place}"] }
keep: { ${keep} }
tasks:
  - name: Send
    code: tasks/send.ts
    triggers:
      - { type: button, name: SEND }
      - { type: webhook, name: NOW }
      - { type: webhook, name: LATER, answer: queued }
`,
  'protected.ts': `export async function send(text: string): Promise<void> {
  await log_outgoing_data('a partner', text);
  await fetch('http://${server.place}/', { method: 'POST', body: text });
  await fetch('http://closed.example/', { method: 'POST', body: text }).catch(() => {});
}
`,
  'tasks/send.ts': `export const handle_button = () => send('what was sent');
export const handle_webhook = () => 'what was sent';
`,
});

beforeAll(async () => {
  server = await startHttpServer((_request, response) => response.end());
  instance = await startInstance();
});
afterAll(async () => {
  await instance.stop();
  await server[Symbol.asyncDispose]();
});

/** All rows that one job of each trigger leaves, oldest first. */
async function rows(keep: string): Promise<readonly LedgerRow[]> {
  const { NOW = '', LATER = '' } = await instance.deploy('quiet', files(keep));
  const before = await instance.call<{ items: LedgerRow[] }>('GET', '/outgoing?project=quiet');
  const run = await instance.call('POST', '/projects/quiet/triggers/SEND/run', { wait: 30 });
  expect(run.body).toMatchObject({ job: { status: 'done' } });
  expect([(await fetch(NOW)).status, (await fetch(LATER)).status]).toEqual([200, 202]);
  const after = await instance.call<{ items: LedgerRow[] }>('GET', '/outgoing?project=quiet');
  return after.body.items.slice(0, after.body.items.length - before.body.items.length).toReversed();
}

it('rows of the ledger show the beginning of what left, unless the project says none', async () => {
  const shown = await rows('excerpt: all');
  const text = 'what was sent';
  expect(shown.map(({ kind, excerpt }) => [kind, excerpt])).toEqual([
    ['declared', text],
    ['request', text],
    ['request', text],
    ['webhook_answer', text],
    ['webhook_answer', expect.stringMatching(/^\{"job":/)],
  ]);
  const quiet = await rows('excerpt: none');
  expect(quiet.map(({ kind, excerpt, sha256, bytes }) => [kind, excerpt, sha256, bytes])).toEqual(
    shown.map(({ kind, sha256, bytes }, index) => [
      kind,
      null,
      index < 4 ? sha256 : expect.stringMatching(/^[0-9a-f]{64}$/),
      bytes,
    ]),
  );
  expect(quiet.map(({ blocked }) => blocked !== null)).toEqual([false, false, true, false, false]);
});
