import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import {
  type Frame,
  FrameError,
  FrameReader,
  FrameWriter,
  MAX_FRAME_BYTES,
} from '../../../sandbox/wire/frames.ts';

async function written(send: (writer: FrameWriter) => void): Promise<Buffer> {
  const stream = new PassThrough();
  send(new FrameWriter(stream));
  await new Promise((resolve) => setImmediate(resolve));
  return (stream.read() as Buffer | null) ?? Buffer.alloc(0);
}

function read(bytes: Buffer, chunkSize: number): Frame[] {
  const frames: Frame[] = [];
  const reader = new FrameReader((frame) => frames.push(frame));
  for (let at = 0; at < bytes.length; at += chunkSize) reader.push(bytes.subarray(at, at + chunkSize));
  return frames;
}

describe('frames', () => {
  it.each([1, 3, 7, 64, 100_000])('arrive whole and in order, cut into chunks of %i bytes', async (size) => {
    const bytes = await written((writer) => {
      writer.send(['log', 'job-1', 'žluť']);
      writer.send(['call', 'job-1', 7], ['{"text":"🐎"}', new Uint8Array([0, 255]), new Uint8Array(0)]);
      writer.send(['end', 'job-1', true, null]);
    });
    const frames = read(bytes, size);
    expect(frames.map(({ head }) => head)).toEqual([
      ['log', 'job-1', 'žluť'],
      ['call', 'job-1', 7],
      ['end', 'job-1', true, null],
    ]);
    expect(Buffer.from(frames[1]?.parts[0] ?? []).toString()).toBe('{"text":"🐎"}');
    expect(frames[1]?.parts.slice(1).map((part) => [...part])).toEqual([[0, 255], []]);
  });

  it('of one turn of the event loop leave in one write', async () => {
    const stream = new PassThrough();
    const sizes: number[] = [];
    stream.on('data', (chunk: Buffer) => sizes.push(chunk.length));
    const writer = new FrameWriter(stream);
    writer.send(['a']);
    writer.send(['b']);
    await new Promise((resolve) => setImmediate(resolve));
    expect(sizes).toHaveLength(1);
  });

  const frame = (total: number, ...words: number[]): Buffer => {
    const bytes = Buffer.alloc(4 + words.length * 4);
    bytes.writeUInt32LE(total, 0);
    words.forEach((word, index) => {
      bytes.writeUInt32LE(word, 4 + index * 4);
    });
    return bytes;
  };

  it.each<[string, Buffer]>([
    ['is longer than the bound', frame(MAX_FRAME_BYTES + 1)],
    ['has no part', frame(4, 0)],
    ['has more parts than bytes', frame(8, 4000, 1)],
    ['has a part that is longer than the frame', frame(8, 1, 1000)],
    ['has bytes after the last part', frame(12, 1, 0, 5)],
    ['has a head that is not JSON', Buffer.concat([frame(9, 1, 1), Buffer.from('x')])],
    ['has a head that is not a list', Buffer.concat([frame(10, 1, 2), Buffer.from('{}')])],
    ['has a head with a list in it', Buffer.concat([frame(12, 1, 4), Buffer.from('[[]]')])],
  ])('one that %s is refused', (_name, bytes) => {
    expect(() => read(bytes, bytes.length)).toThrow(FrameError);
  });
});
