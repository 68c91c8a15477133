import { parseArgs } from 'node:util';
import { flagOf, OPTION_NAMES, OPTIONS, type OptionName, variableOf } from './config-options.ts';
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
    const taken = kind === 'switch' ? `no value here, ${accepts} elsewhere` : accepts;
    const standard = defaultOf(name);
    return entry(
      kind === 'secret' ? '(no flag)' : flagOf(name),
      help,
      `${taken}; ${standard === '' ? '' : `${standard} unless given; `}${variableOf(name)}`,
    );
  });
  return [
    'sluice serve [options]',
    '',
    'Starts the server. A flag wins over the environment variable, that over sluice.yaml in this directory.',
    '',
    ...lines,
    entry('--config', 'another file than sluice.yaml', 'a file; SLUICE_CONFIG'),
    '',
    'Secrets have no flag, since everybody on the machine would see them: SLUICE_DATABASE_URL, SLUICE_ADMIN_TOKEN (a',
    'Manager’s token; without it there is the file local-token) and SLUICE_KEYRING (without it: keyring.json).',
    '',
    'Ends with 0 when it was told to stop, with 1 after a failure, with 2 when it cannot start as it is configured.',
    '',
  ].join('\n');
}

const entry = (flag: string, help: string, values: string): string =>
  `  ${flag.padEnd(22)} ${help}\n${' '.repeat(25)}${values}`;

/** As a person would write it; "" for a switch, and for what is nothing unless given. */
function defaultOf(name: OptionName): string {
  const { schema, accepts, kind } = OPTIONS[name];
  const value: unknown = schema.parse(undefined);
  if (kind === 'switch' || value === undefined || Array.isArray(value)) return '';
  if (name === 'sandbox') return 'auto';
  return typeof value === 'number' && accepts.startsWith('a size') ? sizeText(value) : String(value);
}

function sizeText(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB'];
  const power = units.findLastIndex((_unit, index) => bytes % 1024 ** index === 0);
  return `${bytes / 1024 ** power}${units[power]}`;
}
