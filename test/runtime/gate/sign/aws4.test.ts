import { describe, expect, it } from 'vitest';
import { parseDestination } from '../../../../runtime/gate/destination.ts';
import type { HeaderPair } from '../../../../runtime/gate/headers.ts';
import { awsHeaders } from '../../../../runtime/gate/sign/aws4.ts';
import { type AwsSpec, parseSign } from '../../../../runtime/gate/sign/sign-spec.ts';

/** Of AWS's own Signature Version 4 test suite. */
const SUITE = {
  type: 'aws4',
  region: 'us-east-1',
  service: 'service',
  access_key_id: 'AKIDEXAMPLE',
  secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const SUITE_TIME = Date.UTC(2015, 7, 30, 12, 36, 0);

interface Case {
  readonly method?: string;
  readonly url: string;
  readonly headers?: readonly HeaderPair[];
  readonly body?: string;
}

async function sign(
  { method = 'GET', url, headers = [], body }: Case,
  spec: object = SUITE,
  time = SUITE_TIME,
): Promise<Record<string, string>> {
  const request = {
    method,
    destination: parseDestination(url),
    headers,
    body: body === undefined ? null : Buffer.from(body),
    sign: null,
  };
  return Object.fromEntries(await awsHeaders(parseSign(spec) as AwsSpec, request, time));
}

const authorization = (names: string, signature: string): string =>
  `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${names}, Signature=${signature}`;

describe('a request is signed as in the test suite of AWS', () => {
  it.each<[string, Case, string, string]>([
    [
      'get-vanilla',
      { url: 'https://example.amazonaws.com/' },
      'host;x-amz-date',
      '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    ],
    [
      'get-vanilla-query-order-key-case',
      { url: 'https://example.amazonaws.com/?Param2=value2&Param1=value1' },
      'host;x-amz-date',
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
    [
      'get-unreserved',
      {
        url: 'https://example.amazonaws.com/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
      },
      'host;x-amz-date',
      '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f',
    ],
    [
      'normalize-path: get-slash',
      { url: 'https://example.amazonaws.com//' },
      'host;x-amz-date',
      '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    ],
    [
      'post-vanilla',
      { method: 'POST', url: 'https://example.amazonaws.com/' },
      'host;x-amz-date',
      '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
    ],
    [
      'post-x-www-form-urlencoded',
      {
        method: 'POST',
        url: 'https://example.amazonaws.com/',
        headers: [['content-type', 'application/x-www-form-urlencoded']],
        body: 'Param1=value1',
      },
      'content-type;host;x-amz-date',
      'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
    ],
  ])('%s', async (_, request, names, signature) => {
    expect(await sign(request)).toEqual({
      'x-amz-date': '20150830T123600Z',
      authorization: authorization(names, signature),
    });
  });
});

describe('a request to S3', () => {
  const S3 = {
    type: 'aws4',
    region: 'us-east-1',
    service: 's3',
    access_key_id: 'AKIAIOSFODNN7EXAMPLE',
    secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  };
  const time = Date.UTC(2013, 4, 24);

  it.each([
    [
      'GET Bucket Lifecycle',
      '?lifecycle',
      'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
    ],
    [
      'GET Bucket (list objects)',
      '?max-keys=2&prefix=J',
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    ],
  ])('is signed as in the documentation of S3: %s', async (_, query, signature) => {
    const headers = await sign({ url: `https://examplebucket.s3.amazonaws.com/${query}` }, S3, time);
    expect(headers.authorization).toBe(
      `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${signature}`,
    );
  });

  it('tells the hash of its body, or that the body is not signed, and carries the token of a session', async () => {
    const url = 'https://examplebucket.s3.amazonaws.com/a%20b';
    expect(await sign({ method: 'PUT', url, body: 'x' }, S3, time)).toMatchObject({
      'x-amz-content-sha256': '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881',
    });
    const unsigned = await sign(
      { method: 'PUT', url, body: 'x' },
      { ...S3, unsigned_payload: true, session_token: 'session' },
      time,
    );
    expect(unsigned).toMatchObject({
      'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
      'x-amz-security-token': 'session',
    });
    expect(unsigned.authorization).toContain('host;x-amz-content-sha256;x-amz-date;x-amz-security-token');
  });
});
