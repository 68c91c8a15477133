// Fetches by schemes that lead into the machine.
export const handle_button = (data) =>
  attack(data, async () => {
    const urls = [
      'file:///etc/passwd',
      'data:text/plain,x',
      'blob:x',
      'ftp://127.0.0.1/',
      'javascript:1',
      'node:fs',
      'about:blank',
      '//127.0.0.1/',
      '\\\\127.0.0.1\\x',
      'unix:/tmp/x',
      'http+unix://x/',
    ];
    return through(Object.fromEntries(urls.map((url) => [url, () => reach(url)])));
  });
