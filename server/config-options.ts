import { z } from 'zod';
import { MOST_BYTES } from '../runtime/env/bounds.ts';
import { SANDBOX_LEVELS } from '../sandbox/hardening/levels.ts';
import {
  addresses,
  databaseUrl,
  origin,
  requiredLevel,
  size,
  text,
  wholeNumber,
  yesOrNo,
} from './config-values.ts';

/**
 * Every option of `sluice serve`, once: its values, its default, and the words with which it is explained. An option
 * `base_url` is `--base-url` on the command line, `SLUICE_BASE_URL` in the environment and `base_url` in `sluice.yaml`.
 */
const option = <Schema extends z.ZodType>(
  schema: Schema,
  accepts: string,
  help: string,
  kind: OptionKind = 'value',
) => ({ schema, accepts, help, kind });

/** `switch`: its flag has no value. `secret`: it has no flag, since everybody on a machine sees those, and is never shown. */
type OptionKind = 'value' | 'switch' | 'secret';

const switchedOn = (help: string) => option(yesOrNo.default(false), 'true or false', help, 'switch');

export const OPTIONS = {
  data: option(text.default('./data'), 'a directory', 'where everything is kept'),
  database_url: option(
    databaseUrl.optional(),
    'a URL like postgres://user:password@host:5432/name, with %2F for a / of the password',
    'PostgreSQL database in which everything is kept that several nodes share',
    'secret',
  ),
  no_http: switchedOn('listen on no port: only work on what is queued and planned'),
  no_work: switchedOn('start nothing that is queued or planned: only answer requests and webhooks'),
  lease: option(
    wholeNumber(5, 3600).default(60),
    'whole seconds from 5 to 3600',
    'time after which the jobs of a node that is gone are taken by another one',
  ),
  database_connections: option(
    wholeNumber(7, 200).default(16),
    'a whole number from 7 to 200',
    'connections of this node to the PostgreSQL database, at most',
  ),
  host: option(text.default('127.0.0.1'), 'an address of this machine', 'address to listen on'),
  port: option(
    wholeNumber(0, 65_535).default(4070),
    'a whole number from 0 to 65535 (0: any free port)',
    'port to listen on',
  ),
  base_url: option(
    origin.optional(),
    'a URL like https://sluice.example.org',
    'how others reach this server',
  ),
  hook_url: option(
    origin.optional(),
    'a URL like https://hooks.example.org',
    'how others reach webhooks, when not under --base-url',
  ),
  durability: option(
    z.enum(['full', 'relaxed']).default('full'),
    'full or relaxed',
    'relaxed: a power failure may lose the last moments of work, for speed',
  ),
  grace: option(
    wholeNumber(0, 3600).default(10),
    'whole seconds from 0 to 3600',
    'time that running jobs are given to end when the server stops',
  ),
  log_level: option(
    z.enum(['debug', 'info', 'warning', 'error']).default('info'),
    'debug, info, warning or error',
    "least level of the server's own log",
  ),
  sandbox: option(
    requiredLevel,
    `auto, or require=LEVEL with ${SANDBOX_LEVELS.join(', ')}`,
    'least level at which code is shut in; without it the highest that this host allows',
  ),
  trusted_proxies: option(
    addresses.default([]),
    'addresses or networks like 10.0.0.0/8, separated by commas',
    'proxies whose X-Forwarded-For is believed',
  ),
  max_body: option(
    size(32 * 1024 ** 2).default(10 * 1024 ** 2),
    'a size from 1B to 32MB, like 10MB',
    'largest body of a webhook request',
  ),
  packages: option(
    text.optional(),
    'a folder',
    'folder with node_modules for Protected Code that is deployed without packages of its own',
  ),
  tsc: option(
    text.optional(),
    'a file, or none',
    'native tsc of TypeScript 7 that checks types on deploy (its own, unless this is the single binary)',
  ),
  max_webhooks: option(
    wholeNumber(1, 100_000).default(1000),
    'a whole number from 1 to 100000',
    'webhooks under way at once; more are answered 503',
  ),
  max_project_webhooks: option(
    wholeNumber(1, 100_000).default(200),
    'a whole number from 1 to 100000',
    'the same, of one project',
  ),
  max_webhook_bytes: option(
    size(64 * 1024 ** 3).default(256 * 1024 ** 2),
    'a size up to 64GB, like 256MB',
    'bodies of the webhooks under way, together',
  ),
  max_records: option(
    size(16 * 1024 ** 4).default(MOST_BYTES),
    'a size up to 16384GB, like 8GB',
    'records of the embedded connection, together',
  ),
  query_timeout: option(
    wholeNumber(1, 300).default(10),
    'whole seconds from 1 to 300',
    'limit for one query of jobs, logs, ledger or audit through the API',
  ),
  ledger_checkpoints: option(
    text.optional(),
    'a file',
    'file outside of --data to which checkpoints of the ledger are appended',
  ),
  max_log_bytes: option(
    size(16 * 1024 ** 4).default(10 * 1024 ** 3),
    'a size up to 16384GB, like 10GB',
    'log lines of all projects together; the oldest are deleted when there are more',
  ),
} as const;

export type OptionName = keyof typeof OPTIONS;
export type Config = { readonly [Name in OptionName]: z.output<(typeof OPTIONS)[Name]['schema']> };

export const OPTION_NAMES = Object.keys(OPTIONS) as readonly OptionName[];
export const isOptionName = (name: string): name is OptionName => Object.hasOwn(OPTIONS, name);

export const flagOf = (name: OptionName): string => `--${name.replaceAll('_', '-')}`;
export const variableOf = (name: OptionName): string => `SLUICE_${name.toUpperCase()}`;
