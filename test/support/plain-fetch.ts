interface PlainRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: [string, string][];
  readonly body: Uint8Array<ArrayBuffer> | null;
}

/** What a realm asks the gate for when its code calls `fetch`. */
export const requestOf = (args: readonly unknown[]): PlainRequest => args[0] as PlainRequest;

/** Does what the gate does with a `fetch` of Protected Code, without its rules. */
export async function plainFetch(args: readonly unknown[]): Promise<unknown> {
  const { method, url, headers, body } = requestOf(args);
  const response = await fetch(url, { method, headers, body });
  const { status, statusText, redirected } = response;
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { status, statusText, url: response.url, redirected, headers: [...response.headers], body: bytes };
}
