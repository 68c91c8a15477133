/** Names that only Protected Code has, beside \`secrets\`: a module, so that other programs can look into it. */
export const PROTECTED_ONLY = `
/** The web's fetch, through the gate: to hosts of the project's egress only, written to the ledger before it leaves. */
export declare function fetch(input: string | URL | Request, options?: RequestInit): Promise<Response>;
/** What is at an address, through fetch; rejects unless the answer is a 2xx. */
export declare function url2bin(url: string | URL): Promise<Uint8Array<ArrayBuffer>>;
/** The same in base64. */
export declare function url2base64(url: string | URL): Promise<string>;
/** Writes to the ledger that these data go to this recipient. */
export declare function log_outgoing_data(recipient: string, data: unknown): Promise<void>;
/** The later name of log_outgoing_data. */
export declare const log_transmission: typeof log_outgoing_data;
`;

export const PROTECTED_ONLY_NAMES = [
  'secrets',
  'fetch',
  'url2bin',
  'url2base64',
  'log_outgoing_data',
  'log_transmission',
] as const;
