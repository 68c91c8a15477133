import path from 'node:path';
import { AppError } from '../runtime/app-error.ts';
import { readConfig, unknownVariables } from './config.ts';
import { readConfigFile } from './config-file.ts';
import { takeSecrets, warningsOf } from './environment.ts';
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
  const config = readConfig({ flags, env: process.env, file });
  const log = createServerLog(config.log_level);
  for (const warning of warningsOf(secrets)) log.warning(warning);
  for (const name of unknownVariables(process.env))
    log.warning(`The variable ${name} means nothing to Sluice.`);
  if (config.durability === 'relaxed') {
    log.warning('Durability is relaxed: a power failure may lose the last moments of work.');
  }
  const toldToStop = firstSignal();
  const server = await startServer({ config, secrets, log });
  process.stdout.write(`listening on ${server.url}\n`);
  const token = secrets.adminToken === undefined ? path.relative('', localTokenFile(server.dataDir)) : null;
  process.stdout.write(nextSteps(server, token));
  await toldToStop;
  await server.stop(config.grace * 1000);
  return EXIT_OK;
}
