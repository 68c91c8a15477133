import path from 'node:path';
import { AppError } from '../runtime/app-error.ts';
import { type Config, type ConfigSources, readConfig, unknownVariables } from './config.ts';
import { isOpenToOthers, readConfigFile } from './config-file.ts';
import { type EnvironmentSecrets, takeSecrets, warningsOf } from './environment.ts';
import { EXIT_OK, EXIT_USAGE, StartError } from './exit-codes.ts';
import { firstSignal } from './first-signal.ts';
import { localTokenFile } from './local-token.ts';
import { nextSteps } from './next-steps.ts';
import { helpText, parseArguments } from './parse-arguments.ts';
import { startServer } from './serve.ts';
import { createServerLog } from './server-log.ts';

/** `sluice serve` with what stands behind it. Resolves to the exit code when the server has stopped. */
export async function serve(argv: readonly string[]): Promise<number> {
  try {
    return await run(argv);
  } catch (error) {
    if (!(error instanceof StartError || error instanceof AppError)) throw error;
    process.stderr.write(`sluice: ${error.message}\n`);
    return EXIT_USAGE;
  }
}

async function run(argv: readonly string[]): Promise<number> {
  const { flags, config: asked, help } = parseArguments(argv);
  if (help) {
    process.stdout.write(helpText());
    return EXIT_OK;
  }
  const secrets = takeSecrets(process.env);
  const file = await readConfigFile(asked ?? (process.env.SLUICE_CONFIG || undefined));
  const env = { ...process.env, SLUICE_DATABASE_URL: secrets.databaseUrl };
  const config = readConfig({ flags, env, file });
  refuseIdle(config);
  const log = createServerLog(config.log_level);
  for (const warning of [...warningsOf(secrets), ...warningsOfNode(config, secrets, file)])
    log.warning(warning);
  for (const name of unknownVariables(process.env))
    log.warning(`The variable ${name} means nothing to Sluice.`);
  if (config.durability === 'relaxed') {
    log.warning('Durability is relaxed: a power failure may lose the last moments of work.');
  }
  const toldToStop = firstSignal();
  const server = await startServer({ config, secrets, log });
  process.stdout.write(server.url === null ? 'working, without a port\n' : `listening on ${server.url}\n`);
  const token = secrets.adminToken === undefined ? path.relative('', localTokenFile(server.dataDir)) : null;
  process.stdout.write(nextSteps(server, token));
  await toldToStop;
  await server.stop(config.grace * 1000);
  return EXIT_OK;
}

function refuseIdle({ no_http, no_work }: Config): void {
  if (!no_http || !no_work) return;
  throw new StartError(
    '--no-http and --no-work together leave this node nothing to do. Leave one of them out.',
  );
}

/** What the operator of a node among several should know. */
function warningsOfNode(
  { database_url, base_url, no_http, no_work }: Config,
  { databaseUrl }: EnvironmentSecrets,
  file: ConfigSources['file'],
): readonly string[] {
  if (database_url === undefined) {
    return no_work
      ? ['Nobody else works on this data directory: what is queued waits until a start without --no-work.']
      : [];
  }
  const warnings: string[] = [];
  if (databaseUrl === undefined && file !== null && isOpenToOthers(file.name)) {
    warnings.push(
      `${file.name} holds the password of the database and is open to other users. Run: chmod 600 ${file.name}`,
    );
  }
  if (base_url === undefined && !no_http) {
    warnings.push(
      'Webhooks are shown to projects at the address of this one node. Set --base-url to that of all nodes.',
    );
  }
  if (base_url === undefined && no_http) {
    warnings.push(
      'Projects cannot be told where their webhooks are. Set --base-url as on the nodes that listen.',
    );
  }
  return warnings;
}
