/** One event of a text/event-stream. `id` is the last one seen, to continue after it. */
export interface StreamEvent {
  readonly type: string;
  readonly id: string;
  readonly data: string;
}

/** Events in order until the stream ends. Comments (heartbeats) and events without data are passed over. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  let id = '';
  let type = '';
  let data: string[] = [];
  for await (const line of readLines(body)) {
    if (line === '') {
      if (data.length > 0) yield { type: type || 'message', id, data: data.join('\n') };
      type = '';
      data = [];
      continue;
    }
    const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (field === 'data') data.push(value);
    if (field === 'event') type = value;
    if (field === 'id') id = value;
  }
}

/** Lines end with LF, CR or CRLF, also when the two come in different chunks. */
async function* readLines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    rest += chunk;
    const held = rest.endsWith('\r') ? rest.length - 1 : rest.length;
    const lines = rest.slice(0, held).split(/\r\n|\n|\r/);
    rest = (lines.pop() ?? '') + rest.slice(held);
    yield* lines;
  }
}
