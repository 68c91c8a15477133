import { describe, expect, it } from 'vitest';
import { readEvents, type StreamEvent } from '../../../server/cli/event-stream.ts';

async function eventsOf(...chunks: readonly (string | Uint8Array)[]): Promise<StreamEvent[]> {
  const bytes = chunks.map((chunk) => (typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk));
  const events: StreamEvent[] = [];
  for await (const event of readEvents(ReadableStream.from(bytes))) events.push(event);
  return events;
}

describe('reading an event stream', () => {
  it('joins data lines and remembers the last id', async () => {
    expect(await eventsOf('id: 7\nevent: log\ndata: a\ndata: b\n\ndata: c\n\n')).toEqual([
      { type: 'log', id: '7', data: 'a\nb' },
      { type: 'message', id: '7', data: 'c' },
    ]);
  });

  it('passes over comments, unknown fields and an event that never ended', async () => {
    expect(await eventsOf(': heartbeat\n\nretry: 10\n\ndata:x\n\ndata: cut')).toEqual([
      { type: 'message', id: '', data: 'x' },
    ]);
  });

  it('takes every line end, also cut between chunks, and characters cut in two', async () => {
    const euro = new TextEncoder().encode('€');
    const events = await eventsOf(
      'data: a\r',
      '\n\r\ndata: b\r\rdata: ',
      euro.slice(0, 1),
      euro.slice(1),
      '\n\n',
    );
    expect(events.map(({ data }) => data)).toEqual(['a', 'b', '€']);
  });
});
