import type { HttpRequestData, Pairs } from '../types.ts';

/**
 * `httprequest` as `handle_webhook` gets it: first values by name, every value through `list`, files with their bytes.
 * Shape: docs/script-api.md.
 */
type Names = Record<string, unknown>;

function firstValues(pairs: Pairs): Names {
  const values: Names = Object.create(null);
  for (const [name, value] of pairs) if (!(name in values)) values[name] = value;
  return values;
}

function makeHeaders(pairs: Pairs): object {
  return {
    get(name: string): string | null {
      const wanted = String(name).toLowerCase();
      const values = pairs.filter(([key]) => key.toLowerCase() === wanted).map(([, value]) => value);
      return values.length > 0 ? values.join(', ') : null;
    },
    has(name: string): boolean {
      const wanted = String(name).toLowerCase();
      return pairs.some(([key]) => key.toLowerCase() === wanted);
    },
    *[Symbol.iterator](): Iterator<[string, string]> {
      for (const [key, value] of pairs) yield [key, value];
    },
  };
}

const makeFile = ({ filename, content_type, bytes }: HttpRequestData['files'][number]): object => ({
  filename,
  content_type,
  size: bytes.byteLength,
  bytes: () => bytes,
});

function firstFiles(files: HttpRequestData['files']): Names {
  const named: Names = Object.create(null);
  for (const file of files) if (!(file.name in named)) named[file.name] = makeFile(file);
  return named;
}

/** Puts the methods on a request that has arrived as plain data. */
export function makeHttpRequest(data: HttpRequestData, decodeText: (bytes: Uint8Array) => string): object {
  const text = () => decodeText(data.data);
  return {
    method: data.method,
    url: data.url,
    path: data.path,
    args: firstValues(data.args),
    form: firstValues(data.form),
    files: firstFiles(data.files),
    cookies: firstValues(data.cookies),
    headers: makeHeaders(data.headers),
    data: data.data,
    remote_addr: data.remote_addr,
    list(kind: 'args' | 'form' | 'cookies' | 'files', name: string): unknown[] {
      if (kind === 'files') return data.files.filter((file) => file.name === name).map(makeFile);
      if (kind !== 'args' && kind !== 'form' && kind !== 'cookies') {
        throw new TypeError(`list() knows args, form, cookies and files, not ${String(kind)}`);
      }
      return data[kind].filter(([key]) => key === name).map(([, value]) => value);
    },
    text,
    json: () => JSON.parse(text()),
  };
}
