import { isIP } from 'node:net';

const LABEL = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?';
const NAME = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);
const PARTS = /^(\*\.)?(\[[0-9a-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/;

export const HOST_FORM =
  'a host such as api.example.com, "*.example.com", "127.0.0.1:8069" (not a URL), or {param: KEY}';
export const PRIVATE_FORM = 'a host or address with its port, such as "127.0.0.1:8069"';

/** `host`, `*.host` or either with `:port`, in lower case; undefined when the text is none of these. */
export function parseHost(text: string): string | undefined {
  const parts = split(text);
  if (parts === undefined) return undefined;
  if (parts.wildcard && isIP(parts.host) !== 0) return undefined;
  return text.toLowerCase();
}

/** `host:port` in lower case, as `allow_private` takes it; undefined when the text is something else. */
export function parsePrivateHost(text: string): string | undefined {
  const parts = split(text);
  return parts === undefined || parts.wildcard || !parts.port ? undefined : text.toLowerCase();
}

function split(text: string): { host: string; wildcard: boolean; port: boolean } | undefined {
  const [, star, bracketed, port] = PARTS.exec(text.toLowerCase()) ?? [];
  if (bracketed === undefined || text.length > 260) return undefined;
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return undefined;
  const host = bracketed.replace(/^\[|\]$/g, '');
  const valid = bracketed.startsWith('[') ? isIP(host) === 6 : isDottedName(host);
  return valid ? { host, wildcard: star !== undefined, port: port !== undefined } : undefined;
}

/** A name that ends in a number is an IPv4 address or nothing: resolvers read `127.1` and `0x7f.1` as addresses. */
function isDottedName(host: string): boolean {
  if (isIP(host) === 4) return true;
  const last = host.slice(host.lastIndexOf('.') + 1);
  return host.length <= 253 && NAME.test(host) && !/^(?:\d+|0x[0-9a-f]*)$/.test(last);
}
