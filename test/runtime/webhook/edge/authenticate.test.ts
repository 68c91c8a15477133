import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { WebhookAuth } from '../../../../runtime/project/webhook-spec.ts';
import { authenticate } from '../../../../runtime/webhook/edge/authenticate.ts';
import { accept, TASK } from '../../../support/manifest.ts';
import { hookRequest } from '../../../support/runtime.ts';

const NOW = 1_700_000_000_000;

function authOf(yaml: string): WebhookAuth {
  const { manifest } = accept(
    `secrets: [{key: A}, {key: B}]\n${TASK}      - {type: webhook, name: W, auth: {secret: A, ${yaml}}}\n`,
  );
  const trigger = manifest.tasks[0]?.triggers[0];
  if (trigger?.type !== 'webhook' || trigger.auth === null) throw new Error('There is no auth.');
  return trigger.auth;
}

const hasNoValue = (key: string) => expect.stringContaining(`the secret ${key} has no value`);

const judge = (
  auth: WebhookAuth,
  secrets: Record<string, string>,
  headers: Record<string, string>,
  body = '',
  now = NOW,
) => authenticate(auth, secrets, hookRequest({ headers: Object.entries(headers) }), Buffer.from(body), now);

describe('authentication', () => {
  it('accepts the vector of the Standard Webhooks libraries at its time, and not six minutes later', async () => {
    const headers = {
      'Webhook-Id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'Webhook-Timestamp': '1614265330',
      'Webhook-Signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    };
    const secrets = { A: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' };
    const at = (seconds: number) =>
      judge(authOf('type: standard'), secrets, headers, '{"test": 2432232314}', seconds * 1000);
    expect(await at(1614265330)).toMatchObject({ ok: true });
    expect(await at(1614265330 - 299)).toMatchObject({ ok: true });
    expect(await at(1614265330 + 360)).toMatchObject({ ok: false, step: 'timestamp' });
    expect(await at(1614265330 - 360)).toMatchObject({ ok: false, step: 'timestamp' });
  });

  it('accepts the example of the documentation of GitHub', async () => {
    const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    const secrets = { A: "It's a Secret to Everybody" };
    const headers = { 'X-Hub-Signature-256': signature };
    expect(await judge(authOf('type: github'), secrets, headers, 'Hello, World!')).toEqual({
      ok: true,
      digest: expect.stringMatching(/^757107ea0eb2509f/),
    });
  });

  it('accepts the example of the documentation of Slack', async () => {
    const body =
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
    const headers = {
      'X-Slack-Request-Timestamp': '1531420618',
      'X-Slack-Signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    };
    const secrets = { A: '8f742231b10e8888abcd99yyyzzz85a5' };
    const judged = await judge(authOf('type: slack'), secrets, headers, body, 1531420618_000);
    expect(judged).toMatchObject({ ok: true });
  });

  it.each([{}, { A: '' }, { B: 'x' }])(
    'lets nobody in with the values %j, also with what they would sign',
    async (values) => {
      const auth = authOf('previous_secret: B, type: github');
      const signature = createHmac('sha256', '').update('x').digest('hex');
      const judged = await judge(auth, values, { 'X-Hub-Signature-256': `sha256=${signature}` }, 'x');
      expect(judged).toMatchObject({ ok: false, step: 'authentication', reason: hasNoValue('A') });
    },
  );

  it('lets nobody in with a key of Standard Webhooks that is none', async () => {
    const headers = { 'webhook-id': 'a', 'webhook-timestamp': '1700000000', 'webhook-signature': 'v1,AAAA' };
    for (const A of ['whsec_', 'whsec_%%%', 'whsec_a b', 'whsec_A']) {
      expect(await judge(authOf('type: standard'), { A }, headers)).toMatchObject({
        ok: false,
        reason: expect.stringContaining('the value of a secret is no key'),
      });
    }
  });

  it('reads a secret only by its own key', async () => {
    const auth = { ...authOf('type: bearer'), secret: 'constructor' };
    const header = `Bearer ${Object}`;
    expect(await judge(auth, {}, { authorization: header })).toMatchObject({
      ok: false,
      reason: hasNoValue('constructor'),
    });
  });

  it('tells a signature written in another way as the same', async () => {
    const auth = authOf('type: hmac, header: X-Sign, timestamp: X-Time, encoding: base64');
    const signature = createHmac('sha256', 'k').update('1700000000.x').digest('base64');
    const of = (text: string) => judge(auth, { A: 'k' }, { 'x-sign': text, 'x-time': '1700000000' }, 'x');
    const [one, other] = [await of(signature), await of(signature.replace(/=+$/, ''))];
    expect(one).toMatchObject({ ok: true });
    expect(other).toEqual(one);
  });
});
