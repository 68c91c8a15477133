import { StartError } from './exit-codes.ts';

/** What is secret in the environment. Undefined: not given. */
export interface EnvironmentSecrets {
  readonly adminToken: string | undefined;
  readonly adminPassword: string | undefined;
  readonly keyring: string | undefined;
}

const LEAST_TOKEN_LENGTH = 16;

/**
 * Takes the secrets out of the environment, so that nothing that reads it later, and no child, finds them there.
 * Throws a `StartError` when the token could be guessed; its text is never repeated.
 */
export function takeSecrets(env: NodeJS.ProcessEnv): EnvironmentSecrets {
  const take = (name: string): string | undefined => {
    const value = env[name];
    delete env[name];
    return value === '' ? undefined : value;
  };
  const secrets = {
    adminToken: take('SLUICE_ADMIN_TOKEN'),
    adminPassword: take('SLUICE_ADMIN_PASSWORD'),
    keyring: take('SLUICE_KEYRING'),
  };
  if (secrets.adminToken !== undefined && !/^[\x21-\x7e]+$/.test(secrets.adminToken)) {
    throw new StartError('SLUICE_ADMIN_TOKEN: it accepts visible ASCII characters without spaces.');
  }
  if (secrets.adminToken !== undefined && secrets.adminToken.length < LEAST_TOKEN_LENGTH) {
    throw new StartError(`SLUICE_ADMIN_TOKEN: it accepts at least ${LEAST_TOKEN_LENGTH} characters.`);
  }
  return secrets;
}
