import { describe, expect, it } from 'vitest';
import { parseDestination } from '../../../../runtime/gate/destination.ts';
import type { FetchRequest } from '../../../../runtime/gate/fetch-request.ts';
import { oauth1Header, signatureBase } from '../../../../runtime/gate/sign/oauth1.ts';
import { type OAuth1Spec, parseSign } from '../../../../runtime/gate/sign/sign-spec.ts';

const FORM = [['content-type', 'application/x-www-form-urlencoded']] as const;

const request = (method: string, url: string, form?: string): FetchRequest => ({
  method,
  destination: parseDestination(url),
  headers: form === undefined ? [] : FORM,
  body: form === undefined ? null : Buffer.from(form),
  sign: null,
});

const spec = (options: object): OAuth1Spec => parseSign({ type: 'oauth1', ...options }) as OAuth1Spec;

describe('OAuth 1', () => {
  it('signs the text of RFC 5849, section 3.4.1.1', () => {
    const base = signatureBase(
      request('POST', 'http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b', 'c2&a3=2+q'),
      [
        ['oauth_consumer_key', '9djdj82h48djs9d2'],
        ['oauth_token', 'kkk9d7dh3k39sjv7'],
        ['oauth_signature_method', 'HMAC-SHA1'],
        ['oauth_timestamp', '137131201'],
        ['oauth_nonce', '7d8f3e4a'],
      ],
    );
    expect(base).toBe(
      'POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7',
    );
  });

  it('signs the example of the documentation of Twitter', () => {
    const header = oauth1Header(
      spec({
        consumer_key: 'xvz1evFS4wEEPTGEFPHBog',
        consumer_secret: 'kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw',
        token: '370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb',
        token_secret: 'LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE',
      }),
      request(
        'POST',
        'https://api.twitter.com/1.1/statuses/update.json?include_entities=true',
        'status=Hello%20Ladies%20%2b%20Gentlemen%2c%20a%20signed%20OAuth%20request%21',
      ),
      1318622958,
      'kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg',
    );
    expect(header).toContain(`oauth_signature="${encodeURIComponent('hCtSmYh+iHYCEqBWrE7C7hYmtUk=')}"`);
  });

  it('signs with SHA-256, and names the realm', () => {
    const options = { consumer_key: 'a b', consumer_secret: 's', algorithm: 'sha256', realm: 'Photos' };
    const header = oauth1Header(spec(options), request('GET', 'https://a.example/'), 1, 'n');
    expect(header).toMatch(
      /^OAuth realm="Photos", oauth_consumer_key="a%20b", oauth_nonce="n", oauth_signature_method="HMAC-SHA256", /,
    );
  });

  it('signs no form of any size', () => {
    const large = request('POST', 'https://a.example/', `a=${'x'.repeat(65_536)}`);
    expect(() => oauth1Header(spec({ consumer_key: 'k', consumer_secret: 's' }), large, 1, 'n')).toThrow(
      'forms of up to 65536 bytes',
    );
  });
});
