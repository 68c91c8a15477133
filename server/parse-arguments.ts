import { parseArgs } from 'node:util';
import { flagOf, OPTION_NAMES, OPTIONS, variableOf } from './config-options.ts';
import { StartError } from './exit-codes.ts';

export interface ServeArguments {
  /** By option name, as `readConfig` takes them. */
  readonly flags: Readonly<Record<string, string>>;
  /** Given with --config. */
  readonly config: string | undefined;
  readonly help: boolean;
}

/** What stands behind `sluice serve`. Throws a `StartError` for an option that does not exist or has no value. */
export function parseArguments(argv: readonly string[]): ServeArguments {
  const names = OPTION_NAMES.map((name): [string, { type: 'string' | 'boolean' }] => [
    flagOf(name).slice(2),
    { type: OPTIONS[name].kind === 'switch' ? 'boolean' : 'string' },
  ]);
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        ...Object.fromEntries(names),
        config: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    const { config, help, ...rest } = values;
    const flags = Object.entries(rest).map(([flag, value]) => [flag.replaceAll('-', '_'), String(value)]);
    return {
      flags: Object.fromEntries(flags),
      config: typeof config === 'string' ? config : undefined,
      help: help === true,
    };
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split(/\. |\n/)[0] ?? '') : String(cause);
    throw new StartError(`${reason}. See \`sluice serve --help\`.`, cause);
  }
}

/** What `sluice serve --help` prints. */
export function helpText(): string {
  const lines = OPTION_NAMES.map((name) => {
    const { help, accepts, kind } = OPTIONS[name];
    const shown = kind === 'secret' ? '(no flag)' : flagOf(name);
    return `  ${shown.padEnd(18)} ${help}\n${' '.repeat(21)}${accepts}; ${variableOf(name)}`;
  });
  return [
    'sluice serve [options]',
    '',
    'Starts the server. A flag wins over the environment variable, that over sluice.yaml in this directory.',
    '',
    ...lines,
    `  ${'--config'.padEnd(18)} another file than sluice.yaml\n${' '.repeat(21)}a file; SLUICE_CONFIG`,
    '',
  ].join('\n');
}
