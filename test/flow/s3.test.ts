import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../support/http-server.ts';
import { type Instance, startInstance } from '../support/instance.ts';
import { isSigned, startS3 } from '../support/s3-server.ts';

/** The folder whose node_modules holds `aws4fetch`: this repository. */
const FOLDER = resolve(import.meta.dirname, '../..');

const PROTECTED = `
import { AwsClient } from 'aws4fetch';

const client = () => new AwsClient({
  accessKeyId: 'AKID-OF-TESTS', secretAccessKey: secrets.S3_KEY, region: 'us-east-1', service: 's3', retries: 0,
});
const at = (name: string) => params.S3 + '/files/' + encodeURIComponent(name);

export async function put(name: string, text: string) {
  const { status } = await fetch(await client().sign(at(name), { method: 'PUT', body: text }));
  return status;
}
export async function get(name: string) {
  const answer = await fetch(await client().sign(at(name)));
  return [answer.status, await answer.text()];
}
export async function list() {
  const answer = await fetch(await client().sign(params.S3 + '/files?list-type=2'));
  return [...(await answer.text()).matchAll(/<Key>(.*?)<.Key>/g)].map(([, key]) => key);
}
export async function remove(name: string) {
  return (await fetch(await client().sign(at(name), { method: 'DELETE' }))).status;
}
`;
const TASK = `
export async function handle_button(name: string) {
  return [await put(name, 'contents of ' + name), await get(name), await list(), await remove(name), (await get(name))[0]];
}
`;

const KEY = 'the-secret-key-of-tests';

let s3: TestServer;
let instance: Instance;

beforeAll(async () => {
  s3 = await startS3('AKID-OF-TESTS', KEY);
  instance = await startInstance({ flags: { packages: FOLDER } });
  const { status, body } = await instance.call('PUT', '/projects/buckets', {
    files: {
      'project.yaml': `
name: Buckets
slug: buckets
active: true
params: [{key: S3, value: "${s3.url}"}]
secrets: [{key: S3_KEY}]
egress:
  allow: [{param: S3, methods: [GET, PUT, DELETE], paths: ["/files", "/files/*"]}]
  allow_private: ["${s3.place}"]
tasks: [{name: Copy, code: tasks/copy.ts, active: true, triggers: [{type: button, name: COPY}]}]
`,
      'protected.ts': PROTECTED,
      'tasks/copy.ts': TASK,
    },
  });
  expect({ status, body }).toMatchObject({ status: 200 });
});
afterAll(async () => {
  await instance.stop();
  await s3[Symbol.asyncDispose]();
});

const copy = async (key: string) => {
  await instance.call('PUT', '/projects/buckets/secrets/S3_KEY', { value: key });
  const { body } = await instance.call<{ job: Record<string, unknown> }>(
    'POST',
    '/projects/buckets/triggers/COPY/run',
    { data: 'a b.txt', wait: 60 },
  );
  return body.job;
};

describe('a client of S3 in Protected Code', () => {
  it('writes, reads, lists and deletes objects through the gate, with signatures that a server checks', async () => {
    expect(await copy(KEY)).toMatchObject({
      status: 'done',
      result: [200, [200, 'contents of a b.txt'], ['a b.txt'], 204, 404],
    });
    const { body } = await instance.call<{ items: { method: string; bytes: number; status: number }[] }>(
      'GET',
      '/outgoing?project=buckets',
    );
    expect(body.items.toReversed().map(({ method, bytes, status }) => [method, bytes, status])).toEqual([
      ['PUT', 19, 200],
      ['GET', 0, 200],
      ['GET', 0, 200],
      ['DELETE', 0, 204],
      ['GET', 0, 404],
    ]);
  });

  it('with the wrong key is refused by the server', async () => {
    expect(await copy('another-secret-key')).toMatchObject({
      status: 'done',
      result: [403, [403, expect.anything()], [], 403, 403],
    });
  });
});

it('the server that stands for S3 accepts the signature of the example that Amazon publishes, and no other', () => {
  const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  const request = {
    method: 'GET',
    target: '/test.txt',
    body: new Uint8Array(),
    headers: {
      host: 'examplebucket.s3.amazonaws.com',
      range: 'bytes=0-9',
      'x-amz-content-sha256': empty,
      'x-amz-date': '20130524T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,' +
        'SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,' +
        'Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    },
  };
  const key = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
  expect(isSigned(request, 'AKIAIOSFODNN7EXAMPLE', key)).toBe(true);
  expect(isSigned({ ...request, target: '/test.txt?x' }, 'AKIAIOSFODNN7EXAMPLE', key)).toBe(false);
  expect(isSigned(request, 'AKIAIOSFODNN7EXAMPLE', 'another')).toBe(false);
});
