import { StartError } from './exit-codes.ts';

/** What is secret in the environment. Undefined: not given. */
export interface EnvironmentSecrets {
  readonly adminToken: string | undefined;
  readonly adminPassword: string | undefined;
  readonly keyring: string | undefined;
  /** With a password in it. */
  readonly databaseUrl: string | undefined;
}

const SAFE_TOKEN_LENGTH = 16;

/** What the operator should know about these secrets, without their texts. */
export function warningsOf({ adminToken, adminPassword }: EnvironmentSecrets): string[] {
  const warnings: string[] = [];
  if (adminToken !== undefined && adminToken.length < SAFE_TOKEN_LENGTH) {
    warnings.push(
      `SLUICE_ADMIN_TOKEN is short and could be guessed: use ${SAFE_TOKEN_LENGTH} characters or more.`,
    );
  }
  if (adminPassword !== undefined) {
    warnings.push(
      'SLUICE_ADMIN_PASSWORD has no effect: this version has no users to log in. Use SLUICE_ADMIN_TOKEN.',
    );
  }
  return warnings;
}

/**
 * Takes the secrets out of the environment, so that nothing that reads it later, and no child, finds them there.
 * Throws a `StartError` when the token cannot be sent in a header; its text is never repeated.
 */
export function takeSecrets(env: NodeJS.ProcessEnv): EnvironmentSecrets {
  const secrets = {
    adminToken: take(env, 'SLUICE_ADMIN_TOKEN'),
    adminPassword: take(env, 'SLUICE_ADMIN_PASSWORD'),
    keyring: take(env, 'SLUICE_KEYRING'),
    databaseUrl: takeDatabaseUrl(env),
  };
  if (secrets.adminToken !== undefined && !/^[\x21-\x7e]+$/.test(secrets.adminToken)) {
    throw new StartError('SLUICE_ADMIN_TOKEN: it accepts visible ASCII characters without spaces.');
  }
  return secrets;
}

/** Takes the database's URL out of the environment, likewise: for commands, before they do anything else. Undefined: not given. */
export const takeDatabaseUrl = (env: NodeJS.ProcessEnv): string | undefined =>
  take(env, 'SLUICE_DATABASE_URL');

function take(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = env[name];
  delete env[name];
  return value === '' ? undefined : value;
}
