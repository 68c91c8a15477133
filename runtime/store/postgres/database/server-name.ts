/** The database of a URL as messages name it: never its user or password. */
export function databaseName(url: string): string {
  if (!isDatabaseUrl(url)) return 'The PostgreSQL database of SLUICE_DATABASE_URL';
  try {
    const { hostname, port, pathname } = new URL(url);
    const name = decodeURIComponent(pathname.slice(1)) || 'postgres';
    return `The PostgreSQL database "${name}" on ${hostname || 'this machine'}:${port || '5432'}`;
  } catch {
    return 'The PostgreSQL database of SLUICE_DATABASE_URL';
  }
}

/**
 * Whether each part of the URL is where it seems to be. A `/`, `?` or `#` within a password has to be written as `%2F`, `%3F` or `%23`:
 * as it is, it makes the name of a database, or nothing, of what follows.
 */
export const isDatabaseUrl = (url: string): boolean =>
  /^postgres(?:ql)?:\/\/[^/?#]*(?:\/[^/?#@]*)?(?:\?[^#@]*)?$/i.test(url) && URL.canParse(url);
