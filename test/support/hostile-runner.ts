import { Socket } from 'node:net';
import { type Frame, FrameReader, FrameWriter, type Head } from '../../sandbox/wire/frames.ts';

/**
 * A runner that was taken over by hostile code: started in the place of a real one, it speaks the real protocol and does with
 * each job what the job's input tells it to, `{"do": "..."}`. As a vault runner it answers every call with the name that
 * was called, so that a test sees what got that far.
 */
const pipe = new Socket({ fd: 3, readable: true, writable: true });
const writer = new FrameWriter(pipe);
const send = (head: readonly unknown[], parts: readonly (string | Uint8Array)[] = []) =>
  writer.send(head as Head, parts);
const raw = (...bytes: number[]) => pipe.write(Uint8Array.from(bytes));
const done = (job: string, value: unknown = 'ok') => send(['done', job, 1, 0], [JSON.stringify(value)]);

interface Order {
  readonly do: string;
  readonly job?: string;
  readonly names?: readonly string[];
}

/** What became of the calls of a job: the answer, or the name of the error. */
const answers = new Map<string, string[]>();

function frameOf(head: unknown, ...parts: string[]): Buffer {
  const all = [typeof head === 'string' ? head : JSON.stringify(head), ...parts].map((part) =>
    Buffer.from(part),
  );
  const lengths = Buffer.alloc(8 + all.length * 4);
  lengths.writeUInt32LE(lengths.length - 4 + all.reduce((sum, { length }) => sum + length, 0), 0);
  lengths.writeUInt32LE(all.length, 4);
  all.forEach(({ length }, index) => {
    lengths.writeUInt32LE(length, 8 + index * 4);
  });
  return Buffer.concat([lengths, ...all]);
}

const many = (count: number, one: (index: number) => void) => {
  for (let index = 1; index <= count; index += 1) one(index);
};

/** In the order of how deep they reach: bytes, frames, items, what items mean. */
const deeds: Readonly<Record<string, (job: string, order: Order) => void>> = {
  honest: (job) => done(job),
  'byte by byte': (job) => {
    const bytes = frameOf(['done', job, 1, 0], '"ok"');
    let at = 0;
    const timer = setInterval(() => {
      pipe.write(bytes.subarray(at, at + 1));
      at += 1;
      if (at > bytes.length) clearInterval(timer);
    }, 1);
  },
  nothing: () => {},
  exit: () => process.exit(3),
  'a length of four gigabytes': () => raw(255, 255, 255, 255),
  'no parts': () => raw(4, 0, 0, 0, 0, 0, 0, 0),
  'a million parts': () => raw(8, 0, 0, 0, 64, 66, 15, 0, 0, 0, 0, 0),
  'parts beyond the frame': () => raw(12, 0, 0, 0, 1, 0, 0, 0, 255, 0, 0, 0, 91, 93, 32, 32),
  'half a frame': (job) => pipe.write(frameOf(['done', job, 1, 0], '"ok"').subarray(0, 20)),
  'a head that is no JSON': () => pipe.write(frameOf('["done"')),
  'a head that is an object': () => pipe.write(frameOf({ 0: 'done' })),
  'a head with lists in it': (job) => pipe.write(frameOf(['done', [job], 1, 0], '"ok"')),
  'a head that is deep': () => pipe.write(frameOf('['.repeat(1_000_000))),
  'an unknown kind': (job) => send(['secrets', job]),
  'a kind of prototypes': (job) => send(['__proto__', job], ['1']),
  'the kind of the vault': (job) => send(['return', job, 1, 1, 0], ['"ok"']),
  'a time that is negative': (job) => send(['done', job, -1, 0], ['"ok"']),
  'a time that is no number': (job) => send(['done', job, null, 0], ['"ok"']),
  'a count that is text': (job) => send(['done', job, 1, '0'], ['"ok"']),
  'no result': (job) => send(['done', job, 1, 0]),
  'a result that is no JSON': (job) => send(['done', job, 1, 0], ['{"a": ']),
  'a result of unknown marks': (job) => send(['done', job, 1, 0], ['{"$":["b",99,"Uint8Array"]}']),
  'a result that is deep': (job) => send(['done', job, 1, 0], [`{"$":${'['.repeat(500_000)}`]),
  'a result with prototypes': (job) =>
    send(['done', job, 1, 0], ['{"__proto__":{"left_behind":1},"a":{"$":["u"]}}']),
  'a result that is too large': (job) => send(['done', job, 1, 0], [`"${'x'.repeat(60 * 1024 ** 2)}"`]),
  'a line that is too long': (job) => send(['log', job, 'info', 'x'.repeat(1024 ** 2), Date.now()]),
  'a line of the server': (job) => {
    send(['log', job, 'sluice', 'forged\r\nline', Date.now() + 1e12]);
    done(job);
  },
  'lines without end': (job) => many(20_000, () => send(['log', job, 'info', 'x', Date.now()])),
  'a limit that there is not': (job) => send(['limit', job, 1, 'constructor', '']),
  'an error with odd parts': (job) => send(['fail', job, 1, 0, {}, null, [], 0] as unknown as Head),
  'an error with a forged place': (job) =>
    send([
      'fail',
      job,
      1,
      0,
      'Error',
      'x',
      'Error: x\n at a (/etc/passwd:1:1)\n at b (sluice:task:1:999999)',
      77,
    ]),
  'done twice': (job) => {
    done(job, 'first');
    done(job, 'second');
  },
  'lines after the end': (job) => {
    done(job);
    many(50, () => send(['log', job, 'error', 'late', Date.now()]));
  },
  'the job of another runner': (job, order) => {
    done(order.job ?? '', 'stolen');
    send(['fail', order.job ?? '', 1, 0, 'Error', 'stolen', '', 0]);
    setTimeout(() => done(job), 100);
  },
  'jobs that there are not': () => many(30_000, (index) => done(`job-${index + 1e6}`)),
  'lost again and again': (job) => send(['lost', job]),
  'ready again': (job) => {
    many(100, () => send(['ready']));
    done(job);
  },
  'a call number used twice': (job) => {
    send(['call', job, 1, 'echo', 0], ['[]']);
    send(['call', job, 1, 'echo', 0], ['[]']);
  },
  'a call number that is negative': (job) => send(['call', job, -1, 'echo', 0], ['[]']),
  'calls without end': (job) => many(30_000, (index) => send(['call', job, index, 'echo', 0], ['[]'])),
  'arguments without end': (job) =>
    many(40, (index) => send(['call', job, index, 'wait', 0], [`["${'x'.repeat(4 * 1024 ** 2)}"]`])),
  'arguments that are no JSON': (job) => send(['call', job, 1, 'protected:ask', 0], ['{{{']),
  calls: (job, { names = [] }) => {
    for (const [index, name] of names.entries()) send(['call', job, index + 1, name, 0], ['[]']);
    const timer = setInterval(() => {
      const all = answers.get(job) ?? [];
      if (all.length < names.length) return;
      clearInterval(timer);
      done(job, all);
    }, 10);
  },
  'never reading': (job) => {
    pipe.pause();
    many(5000, (index) => send(['call', job, index, 'large', 0], ['[]']));
  },
};

function handle({ head, parts }: Frame): void {
  const [kind, job, third, , fifth] = head;
  const id = String(job);
  switch (kind) {
    case 'start': {
      const order = JSON.parse(Buffer.from(parts[1] ?? []).toString()) as Order;
      return deeds[order.do]?.(id, order);
    }
    case 'invoke': {
      const path = String(fifth);
      if (path === 'nobody') return send(['return', id, 4711, 1, 0], ['1']);
      if (path === 'large')
        return send(['return', id, Number(third), 1, 0], [`"${'x'.repeat(60 * 1024 ** 2)}"`]);
      return send(['return', id, Number(third), 1, 0], [JSON.stringify(`vault: ${path}`)]);
    }
    case 'describe':
      return send(['return', id, Number(third), 1, 0], ['[{"name":"__proto__","kind":"function"}]']);
    case 'settle':
      answers.set(id, [...(answers.get(id) ?? []), Buffer.from(parts[0] ?? []).toString()]);
      return;
    case 'refuse':
      answers.set(id, [...(answers.get(id) ?? []), String(fifth)]);
      return;
  }
}

const reader = new FrameReader(handle);
pipe.on('data', (chunk) => reader.push(chunk));
pipe.on('error', () => process.exit(1));
pipe.on('end', () => process.exit(1));
send(['ready']);
