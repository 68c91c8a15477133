/** Names that only Protected Code has, beside \`secrets\`: a module, so that other programs can look into it. */
export const PROTECTED_ONLY = `
/** How the server signs a request. Secrets may be placeholders of sealed ones. */
type Sign =
  | { readonly type: 'basic'; readonly user: string; readonly secret: string }
  | {
      readonly type: 'hmac';
      readonly secret: string;
      readonly header: string;
      readonly secret_encoding?: 'utf8' | 'base64' | 'hex';
      readonly algorithm?: 'sha1' | 'sha256' | 'sha384' | 'sha512';
      readonly encoding?: 'hex' | 'base64' | 'base64url';
      /** What is signed, with {timestamp}, {method}, {path} and {body}; {body} unless given. */
      readonly template?: string;
      readonly prefix?: string;
      readonly timestamp_header?: string;
    }
  | {
      readonly type: 'aws4';
      readonly region: string;
      readonly service: string;
      readonly access_key_id: string;
      readonly secret: string;
      readonly session_token?: string;
      readonly unsigned_payload?: boolean;
    }
  | {
      readonly type: 'oauth1';
      readonly consumer_key: string;
      readonly consumer_secret: string;
      readonly token?: string;
      readonly token_secret?: string;
      readonly algorithm?: 'sha1' | 'sha256';
      readonly realm?: string;
    }
  | {
      readonly type: 'oauth2';
      readonly grant: 'client_credentials' | 'refresh_token';
      readonly token_url: string;
      readonly client_id: string;
      readonly client_secret?: string;
      readonly client_auth?: 'basic' | 'body';
      readonly refresh_token?: string;
      readonly scope?: string;
    };

/** The web's fetch, through the gate: to hosts of the project's egress only, written to the ledger before it leaves. */
export declare function fetch(
  input: string | URL | Request,
  options?: RequestInit & { readonly sign?: Sign },
): Promise<Response>;
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
