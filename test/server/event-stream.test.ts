import { describe, expect, it } from 'vitest';
import { eventStream } from '../../server/event-stream.ts';

const LARGE = `data: ${'x'.repeat(1024 * 1024)}\n\n`;

function openStream() {
  const ends = new AbortController();
  let send: (event: string) => void = () => {};
  let stopped = 0;
  const response = eventStream(ends.signal, (given) => {
    send = given;
    return () => {
      stopped += 1;
    };
  });
  return { response, ends, send: (event: string) => send(event), stopped: () => stopped };
}

describe('a stream of events', () => {
  it('lets a reader go who leaves megabytes unread', () => {
    const { send, stopped } = openStream();
    for (let count = 0; count < 10; count += 1) send(LARGE);
    expect(stopped()).toBe(1);
  });

  it('still gives what was sent before its reader fell behind', async () => {
    const { response, send } = openStream();
    for (let count = 0; count < 10; count += 1) send(LARGE);
    const text = await response.text();
    expect(text.length).toBeGreaterThan(4 * LARGE.length - 100);
    expect(text.length).toBeLessThan(6 * LARGE.length);
  });

  it('ends when whoever sends says so', async () => {
    let stopped = 0;
    const response = eventStream(new AbortController().signal, (send, end) => {
      queueMicrotask(() => {
        send('data: last\n\n');
        end();
        end();
      });
      return () => {
        stopped += 1;
      };
    });
    expect(await response.text()).toBe(': open\n\ndata: last\n\n');
    expect(stopped).toBe(1);
  });

  it('takes events after its end without a word', async () => {
    const { response, ends, send, stopped } = openStream();
    ends.abort();
    send('data: late\n\n');
    expect(await response.text()).toBe(': open\n\n');
    expect(stopped()).toBe(1);
  });

  it('takes events after its reader has gone', async () => {
    const { response, send, stopped } = openStream();
    await response.body?.cancel();
    send('data: late\n\n');
    expect(stopped()).toBe(1);
  });
});
