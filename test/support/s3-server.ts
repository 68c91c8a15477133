import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { bodyOf, startHttpServer, type TestServer } from './http-server.ts';

export interface SignedRequest {
  readonly method: string;
  /** As it was sent, with its query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

const FORM =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;

/** Whether a request to S3 is signed with this key: Signature Version 4, as Amazon publishes it. */
export function isSigned({ method, target, headers, body }: SignedRequest, id: string, key: string): boolean {
  const [, given, day = '', region = '', names = '', signature] =
    FORM.exec(headers.authorization ?? '') ?? [];
  const date = String(headers['x-amz-date']);
  const payload = String(headers['x-amz-content-sha256']);
  if (given !== id || !date.startsWith(day) || !names.split(';').includes('host')) return false;
  if (payload !== 'UNSIGNED-PAYLOAD' && payload !== sha256(body)) return false;
  const { pathname, searchParams } = new URL(target, 'http://s3');
  const query = [...searchParams]
    .map((pair) => pair.map(encoded).join('='))
    .sort()
    .join('&');
  const signed = names
    .split(';')
    .map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, ' ')}\n`);
  const canonical = [method, pathname, query, signed.join(''), names, payload].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', date, scope, sha256(Buffer.from(canonical))].join('\n');
  const signingKey = [day, region, 's3', 'aws4_request'].reduce<Buffer>(hmac, Buffer.from(`AWS4${key}`));
  return hmac(signingKey, text).toString('hex') === signature;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** Stands for S3: one bucket, `/files`, in memory. Whoever does not sign with this key gets 403. */
export const startS3 = (id: string, key: string): Promise<TestServer> => {
  const objects = new Map<string, Uint8Array>();
  return startHttpServer(async (request, response) => {
    const body = await bodyOf(request);
    const { method = '', url: target = '', headers } = request;
    if (!isSigned({ method, target, headers, body }, id, key)) {
      return void response.writeHead(403).end('<Error><Code>SignatureDoesNotMatch</Code></Error>');
    }
    const name = decodeURIComponent(new URL(target, 'http://s3').pathname.replace(/^\/files\/?/, ''));
    const object = objects.get(name);
    if (name === '') {
      const keys = [...objects.keys()].map((each) => `<Contents><Key>${each}</Key></Contents>`);
      return void response.end(`<ListBucketResult>${keys.join('')}</ListBucketResult>`);
    }
    if (method === 'PUT') objects.set(name, body);
    else if (object === undefined)
      return void response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
    else if (method === 'DELETE') objects.delete(name);
    response.writeHead(method === 'DELETE' ? 204 : 200).end(method === 'GET' ? object : undefined);
  });
};
