/** A project whose webhooks each check their callers in another way. The secret OF_NOBODY gets no value. */
export const EDGE_FILES: Readonly<Record<string, string>> = {
  'project.yaml': `
name: Edge
slug: edge
active: true
secrets: [{key: KEY}, {key: OLD}, {key: WHSEC}, {key: OF_NOBODY}]
tasks:
  - name: Edge
    code: tasks/edge.ts
    retry: {attempts: 2, backoff: [1s]}
    triggers:
      - {type: webhook, name: OPEN}
      - {type: webhook, name: POSTS, methods: [POST, PUT]}
      - {type: webhook, name: BASIC, auth: {type: basic, user: shop, secret: KEY}}
      - {type: webhook, name: BEARER, auth: {type: bearer, secret: KEY, previous_secret: OLD}}
      - {type: webhook, name: UNSET, auth: {type: bearer, secret: OF_NOBODY}}
      - {type: webhook, name: HMAC, auth: {type: hmac, secret: KEY, header: X-Sign, algorithm: sha512, encoding: base64, prefix: "v=", timestamp: X-Time}}
      - {type: webhook, name: GITHUB, methods: [POST], auth: {type: github, secret: KEY, previous_secret: OLD}}
      - {type: webhook, name: STRIPE, auth: {type: stripe, secret: KEY}}
      - {type: webhook, name: SLACK, auth: {type: slack, secret: KEY}}
      - {type: webhook, name: SHOPIFY, auth: {type: shopify, secret: KEY}}
      - {type: webhook, name: TELEGRAM, auth: {type: telegram, secret: KEY}}
      - {type: webhook, name: DROPBOX, methods: [POST], auth: {type: dropbox, secret: KEY}}
      - {type: webhook, name: STANDARD, auth: {type: standard, secret: WHSEC}}
      - {type: webhook, name: PLAIN, auth: {type: hmac, secret: KEY, header: X-Sign}, dedupe: {header: X-Id}}
      - {type: webhook, name: ONCE, auth: {type: hmac, secret: KEY, header: X-Sign}, dedupe: {header: X-Id, content: body}}
      - {type: webhook, name: TIMED, auth: {type: hmac, secret: KEY, header: X-Sign, timestamp: X-Time}, dedupe: {header: X-Id}}
      - {type: webhook, name: DISPATCH, auth: {type: github, secret: KEY}, dedupe: {content: none}}
      - {type: webhook, name: INSIDE, allow_from: [10.0.0.0/8, "2001:db8::/32"]}
      - {type: webhook, name: SMALL, max_body: 10b}
      - {type: webhook, name: PARTS, max_parts: 2}
      - {type: webhook, name: RATED, rate: {limit: 2, per: 1h}}
      - {type: webhook, name: BY_PATH, dedupe: {json: event.id}}
      - {type: webhook, name: QUEUED, answer: queued, dedupe: {header: X-Id}}
      - {type: button, name: CLICK}
`,
  'tasks/edge.ts': `
export function handle_button() {}
export async function handle_webhook(httprequest) {
  const text = httprequest.text();
  if (text.includes('fail')) throw new UserError('as asked');
  if (text.includes('again') && job.attempt === 1) throw new RetryableJobError('as asked');
  if (text.startsWith('log')) return 'quiet';
  if (text.includes('slow')) await new Promise((resolve) => setTimeout(resolve, 300));
  return { trigger: TRIGGER_NAME, remote_addr: httprequest.remote_addr, text, auth: httprequest.headers.get('authorization') };
}
`,
};

/** Values of its secrets. WHSEC and the message signed with it are the vector of the Standard Webhooks libraries. */
export const EDGE_SECRETS = {
  KEY: 'a-key-of-the-edge-0123456789',
  OLD: 'the-key-before-this-9876543210',
  WHSEC: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
} as const;
