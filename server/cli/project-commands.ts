import { type Command, Option } from 'commander';
import { usageError } from './cli-error.ts';
import { contextOf } from './context-of.ts';

/** Commands about secrets and webhooks of a project, in the form of `createProgram`. */

export function addSecrets(program: Command): void {
  const secrets = program.command('secrets').description('values that only Protected Code can use');
  secrets
    .command('set <project> <key>')
    .description('set a secret to what is typed or piped in')
    .action(async (slug: string, key: string, _options, command: Command) => {
      const { setSecret } = await import('./commands/secrets-set.ts');
      await setSecret(contextOf(command), slug, key);
    });
  secrets
    .command('authorize <project> <key>')
    .description(
      'begin to connect a sealed secret to an OAuth 2 provider: prints the address to open in a browser',
    )
    .requiredOption('--authorize-url <url>', 'where the provider asks people')
    .requiredOption('--token-url <url>', 'where it gives tokens')
    .requiredOption('--client-id <id>', 'the name that it gave this client')
    .option('--client-secret <key>', 'the key of the project’s secret with the client’s own, not its value')
    .addOption(
      new Option('--client-auth <where>', 'where that stands: in Authorization, or in the body').choices([
        'basic',
        'body',
      ]),
    )
    .option('--scope <scope>', 'what to ask for; many providers want offline_access in it')
    .action(async (slug: string, key: string, options, command: Command) => {
      const { authorizeSecret } = await import('./commands/secrets-authorize.ts');
      await authorizeSecret(contextOf(command), slug, key, options);
    });
}

export function addHooks(program: Command): void {
  program
    .command('deliveries <project> <webhook> [id]')
    .description('list the last deliveries to a webhook that checks its callers, or show one')
    .option('--limit <number>', 'at most this many (50 unless given)')
    .option('--redeliver <id>', 'give this one to its handler again, as a new job')
    .action(async (slug: string, trigger: string, id: string | undefined, options, command: Command) => {
      const { listDeliveries, redeliver, showDelivery } = await import('./commands/deliveries.ts');
      const hook = { slug, trigger };
      if (id !== undefined && options.redeliver !== undefined)
        throw usageError('Give an id to show, or one behind --redeliver, not both.');
      if (options.redeliver !== undefined) await redeliver(contextOf(command), hook, options.redeliver);
      else if (id !== undefined) await showDelivery(contextOf(command), hook, id);
      else await listDeliveries(contextOf(command), hook, options.limit);
    });
}
