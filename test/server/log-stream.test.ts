import { expect, it } from 'vitest';
import type { LogRow } from '../../runtime/store/log-store.ts';
import type { Services } from '../../server/endpoint.ts';
import { streamLogs } from '../../server/routes/log-stream.ts';

const LINE: LogRow = {
  id: 1,
  at: 0,
  level: 'info',
  message: 'x'.repeat(60_000),
  project: 'p',
  task: 't',
  trigger: 'g',
  job: null,
  name: 'task',
};

/** Services of a store whose lists take for ever. `write` writes lines. */
function slowServices() {
  let told: (lines: readonly LogRow[]) => void = () => {};
  const store = {
    listLogs: () => new Promise(() => {}),
    watchLogs(listener: typeof told) {
      told = listener;
      return () => {
        told = () => {};
      };
    },
  };
  const services = { runtime: { store }, log: { error() {} } } as unknown as Services;
  return { services, write: (lines: readonly LogRow[]) => told(lines) };
}

it('A stream that waits for the lines it has missed keeps no more than megabytes of those that come, and lets its caller go', async () => {
  const { services, write } = slowServices();
  const terms = { signal: new AbortController().signal };
  let released = 0;
  const response = streamLogs(services, { project: 'p' }, '1', terms, () => {
    released += 1;
  });
  for (let id = 2; id < 1000; id += 1) write([{ ...LINE, id, project: 'other' }]);
  expect(released).toBe(0);
  for (let id = 1000; id < 1100; id += 1) write([{ ...LINE, id }]);
  expect(released).toBe(1);
  expect(await response.text()).toBe(': open\n\n');
});
