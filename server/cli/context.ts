import { type ApiClient, createClient } from './client.ts';
import { type CredentialOptions, findCredentials } from './credentials.ts';
import { createOutput, type Output } from './output.ts';

export interface GlobalOptions extends CredentialOptions {
  readonly json?: boolean | undefined;
}

/** What every command is given. */
export interface CommandContext {
  readonly output: Output;
  /** Finds the server and the token; nothing is sent yet. */
  connect(): Promise<ApiClient>;
}

/** The context of one command line. */
export function createContext(options: GlobalOptions): CommandContext {
  return {
    output: createOutput({ json: options.json === true }),
    connect: async () => createClient(await findCredentials(options)),
  };
}
