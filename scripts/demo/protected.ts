// Protected Code is the only code that sees `secrets` and has `fetch`; only Managers may change it. It runs in a process
// of its own. What it exports is what tasks and Common Code can call, and for them every call is async.

/** The HMAC-SHA-256 of a text as hex, or null while SIGNING_KEY is not set. */
export async function sign(text: string): Promise<string | null> {
  if (!secrets.SIGNING_KEY) return null;
  const key = await crypto.subtle.importKey(
    'raw',
    _bytes(secrets.SIGNING_KEY),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign'],
  );
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', key, _bytes(text)));
  return [...signature].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

// Not exported, so nobody else sees it.
function _bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
