import { createHmac } from 'node:crypto';
import { EDGE_SECRETS } from './edge-project.ts';
import { sendRaw } from './raw-http.ts';

const { KEY, WHSEC } = EDGE_SECRETS;

type Headers = Record<string, string>;
/** The HMAC of a text. */
export const sign = (
  text: string,
  encoding: 'hex' | 'base64' = 'hex',
  key: string = KEY,
  algorithm = 'sha256',
) => createHmac(algorithm, key).update(text).digest(encoding);
/** Now and so many seconds, as senders write it. */
export const seconds = (off = 0) => String(Math.floor(Date.now() / 1000) + off);
let last = 0;
/** Another one each time. */
export function fresh(): string {
  last += 1;
  return `id-${last}`;
}

export const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
export const event = (id = fresh()) => JSON.stringify({ id });

/** What known senders, and others, send to the webhooks of `edge-project.ts`; `hooks` gives their URLs by name. */
export function edgeSenders(hooks: () => Readonly<Record<string, string>>) {
  async function send(trigger: string, body = '{}', headers: Headers = {}, method = 'POST', suffix = '') {
    const init = method === 'GET' ? { method, headers } : { method, headers, body };
    const response = await fetch(`${hooks()[trigger]}${suffix}`, init);
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  /** The status of an answer to bytes that are sent as they are. */
  async function raw(trigger: string, head: string, body = '', target?: string): Promise<{ status: number }> {
    const url = hooks()[trigger] ?? '';
    const first = head.replace('TARGET', target ?? new URL(url).pathname);
    const answer = await sendRaw(url, `${first}\r\nHost: x\r\nConnection: close\r\n\r\n${body}`);
    const statuses = [...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
    return { status: statuses.at(-1) ?? 0 };
  }

  const github = (body: string, more: Headers = {}, key: string = KEY, trigger = 'GITHUB') =>
    send(trigger, body, {
      'x-hub-signature-256': `sha256=${sign(body, 'hex', key)}`,
      'x-github-delivery': fresh(),
      ...more,
    });
  function stripe(body: string, at = seconds(), shown = (v1: string) => `t=${at},v1=${v1}`) {
    return send('STRIPE', body, { 'stripe-signature': shown(sign(`${at}.${body}`)) });
  }
  const slack = (body: string, at = seconds()) =>
    send('SLACK', body, {
      'x-slack-request-timestamp': at,
      'x-slack-signature': `v0=${sign(`v0:${at}:${body}`)}`,
    });
  const shopify = (body: string, id = fresh(), topic = 'orders/create') =>
    send('SHOPIFY', body, {
      'x-shopify-hmac-sha256': sign(body, 'base64'),
      'x-shopify-webhook-id': id,
      'x-shopify-topic': topic,
    });
  const standardKey = Buffer.from(WHSEC.slice('whsec_'.length), 'base64');
  const standardSign = (id: string, at: string, body: string) =>
    `v1,${createHmac('sha256', standardKey).update(`${id}.${at}.${body}`).digest('base64')}`;
  const standard = (body: string, { id = fresh(), at = seconds(), before = '', after = '' } = {}) =>
    send('STANDARD', body, {
      'webhook-id': id,
      'webhook-timestamp': at,
      'webhook-signature': `${before}${standardSign(id, at, body)}${after}`,
    });
  function ownHmac(body: string, at = seconds(), prefix = 'v=') {
    const signature = prefix + sign(`${at}.${body}`, 'base64', KEY, 'sha512');
    return send('HMAC', body, { 'x-time': at, 'x-sign': signature });
  }
  /** To a webhook with the usual HMAC, with the time in front where one is given. */
  const plain = (trigger: string, body: string, id: string, at = '') =>
    send(trigger, body, {
      'x-sign': sign(at === '' ? body : `${at}.${body}`),
      'x-id': id,
      ...(at === '' ? {} : { 'x-time': at }),
    });
  const form = (parts: number) => {
    const all = Array.from(
      { length: parts },
      (_, n) => `--B\r\nContent-Disposition: form-data; name="p${n}"\r\n\r\nx\r\n`,
    );
    return send('PARTS', `${all.join('')}--B--`, { 'content-type': 'multipart/form-data; boundary=B' });
  };
  const from = (address: string) => send('INSIDE', '{}', { 'x-forwarded-for': address });

  return { send, raw, github, stripe, slack, shopify, standard, ownHmac, plain, form, from };
}
