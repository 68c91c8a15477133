import { type ApiClient, createClient } from './client.ts';
import { type CredentialOptions, type Credentials, findCredentials } from './credentials.ts';
import { createOutput, type Output } from './output.ts';

export interface GlobalOptions extends CredentialOptions {
  readonly json?: boolean | undefined;
}

/** What every command is given. */
export interface CommandContext {
  readonly output: Output;
  /** The server and the token to show it. */
  credentials(): Promise<Credentials>;
  /** The same, as a client; nothing is sent yet. */
  connect(): Promise<ApiClient>;
}

/** The context of one command line. */
export function createContext(options: GlobalOptions): CommandContext {
  return {
    output: createOutput({ json: options.json === true }),
    credentials: () => findCredentials(options),
    connect: async () => createClient(await findCredentials(options)),
  };
}
