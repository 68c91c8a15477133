import type { ConnectionEnd } from '../runtime/connections/finish.ts';

const HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
  // The address of the page holds a code and a state.
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

/** A page for the person who comes back from a provider: what happened and what to do next. 200, or 400 when it failed. */
export function connectionPage({
  connected,
  message,
}: Pick<ConnectionEnd, 'connected' | 'message'>): Response {
  const title = connected ? 'Connected' : 'Not connected';
  const html = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${title}</title></head>
<body><h1>${title}</h1><p>${escaped(message)}</p></body>
</html>
`;
  return new Response(html, { status: connected ? 200 : 400, headers: HEADERS });
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
