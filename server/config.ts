import {
  type Config,
  flagOf,
  isOptionName,
  OPTION_NAMES,
  OPTIONS,
  type OptionName,
  variableOf,
} from './config-options.ts';
import { StartError } from './exit-codes.ts';

export type { Config } from './config-options.ts';

/** Where values come from. Names are those of `OPTIONS`; the file's may be written with dashes. */
export interface ConfigSources {
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What `sluice.yaml` holds, and its name for messages; null when there is none. */
  readonly file: { readonly name: string; readonly values: unknown } | null;
}

/**
 * The configuration of this start: a flag wins over the environment, that over the file, that over the default.
 * An empty variable counts as not set. Throws a `StartError` that names the key and what it accepts.
 */
export function readConfig({ flags, env, file }: ConfigSources): Config {
  refuseUnknown(Object.keys(flags), (name) => `--${name.replaceAll('_', '-')}`);
  const written = file === null ? new Map<string, unknown>() : readFileValues(file.name, file.values);
  const values = OPTION_NAMES.map((name): [OptionName, unknown] => {
    if (flags[name] !== undefined && OPTIONS[name].kind === 'secret') throw notAsFlag(name);
    if (flags[name] !== undefined) return [name, check(name, flags[name], flagOf(name))];
    const variable = env[variableOf(name)];
    if (variable) return [name, check(name, variable, variableOf(name))];
    const inFile = written.get(name);
    return [name, check(name, inFile ?? undefined, `${name} in ${file?.name}`)];
  });
  return Object.freeze(Object.fromEntries(values)) as Config;
}

function check(name: OptionName, value: unknown, shownAs: string): unknown {
  const result = OPTIONS[name].schema.safeParse(value);
  if (result.success) return result.data;
  const hidden = typeof value === 'object' || OPTIONS[name].kind === 'secret';
  const shown = hidden ? '' : ` "${String(value).slice(0, 80)}" is not possible:`;
  throw new StartError(`${shownAs}:${shown} it accepts ${OPTIONS[name].accepts}.`);
}

/** What stands on a command line is seen by everybody on the machine. */
const notAsFlag = (name: OptionName): StartError =>
  new StartError(
    `${flagOf(name)} holds a password that everybody on this machine would see. Set it in the variable ${variableOf(name)}, or as ${name} in a sluice.yaml that only its user can read.`,
  );

function readFileValues(fileName: string, values: unknown): ReadonlyMap<string, unknown> {
  if (values === null || values === undefined) return new Map();
  if (typeof values !== 'object' || Array.isArray(values)) {
    throw new StartError(`${fileName} must hold options, one \`name: value\` on each line.`);
  }
  const named = Object.entries(values).map(([key, value]): [string, unknown] => [
    key.replaceAll('-', '_'),
    value,
  ]);
  refuseUnknown(
    named.map(([name]) => name),
    (name) => `${name} in ${fileName}`,
  );
  if (new Set(named.map(([name]) => name)).size < named.length) {
    throw new StartError(`${fileName} gives an option twice, once with dashes. Keep one of them.`);
  }
  return new Map(named);
}

function refuseUnknown(names: readonly string[], show: (name: string) => string): void {
  const unknown = names.find((name) => !isOptionName(name));
  if (unknown === undefined) return;
  throw new StartError(`${show(unknown)} is not an option. There are: ${OPTION_NAMES.join(', ')}.`);
}

/** Variables with our prefix that mean nothing, worth a warning: not an error, since platforms set some by themselves. */
export function unknownVariables(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const known = new Set([...OPTION_NAMES.map(variableOf), ...OTHER_VARIABLES]);
  return Object.keys(env).filter((name) => name.startsWith('SLUICE_') && !known.has(name));
}

const OTHER_VARIABLES = [
  'SLUICE_ADMIN_PASSWORD',
  'SLUICE_ADMIN_TOKEN',
  'SLUICE_CACHE_DIR',
  'SLUICE_CONFIG',
  'SLUICE_DATABASE_URL',
  'SLUICE_KEYRING',
  'SLUICE_TOKEN',
  'SLUICE_URL',
];
