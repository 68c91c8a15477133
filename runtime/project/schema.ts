import { z } from 'zod';
import { BACKOFF } from '../retry.ts';
import { allowList } from './egress-schema.ts';
import { PRIVATE_FORM, parsePrivateHost } from './hosts.ts';
import { modelSchema } from './model-schema.ts';
import {
  LANGUAGE,
  LANGUAGE_FORM,
  PACKAGE,
  PACKAGE_FORM,
  SLUG,
  SLUG_FORM,
  TASK_FILE,
  TASK_FILE_FORM,
  TITLE,
  TITLE_FORM,
} from './names.ts';
import {
  duration,
  hostPattern,
  identifier,
  listOf,
  note,
  optional,
  section,
  size,
  textLike,
} from './schema-parts.ts';
import { triggerSchema } from './trigger-schema.ts';

/** `project.yaml`: the single source of what is accepted in it. Its output is a `Manifest`. */

const DAY = 24 * 60 * 60 * 1000;
const MB = 1024 * 1024;

const limitsSchema = section({
  timeout: optional(duration(), null),
  cpu: optional(duration(), null),
  memory: optional(size(8 * MB, 4096 * MB, 'from 8MB to 4GB'), null),
  concurrency: optional(z.int().min(1).max(1000), null),
});
const limits = optional(limitsSchema, { timeout: null, cpu: null, memory: null, concurrency: null });

const keepSchema = section({
  jobs: optional(duration(), 30 * DAY),
  logs: optional(duration(), 30 * DAY),
  ledger: optional(duration(), 365 * DAY),
  input: optional(z.enum(['all', 'failed', 'none']), 'all' as const),
  excerpt: optional(z.enum(['all', 'none']), 'all' as const),
});
const keep = optional(keepSchema, {
  jobs: 30 * DAY,
  logs: 30 * DAY,
  ledger: 365 * DAY,
  input: 'all' as const,
  excerpt: 'all' as const,
});

const realm = optional(z.enum(['hardened', 'own']), 'hardened' as const);

const param = section({
  key: identifier,
  value: note,
  description: note,
  url: note,
  manager: optional(z.boolean(), false),
});

const text = section({
  key: identifier,
  value: note,
  lang: optional(textLike(LANGUAGE, LANGUAGE_FORM), 'en'),
});

const secret = section({
  key: identifier,
  description: note,
  sealed: optional(z.boolean(), false),
  hosts: listOf(hostPattern),
  in: optional(z.array(z.enum(['header', 'url', 'body'])), ['header', 'url'] as const),
});

const privateHost = z.string().transform((host, context) => {
  const parsed = parsePrivateHost(host);
  if (parsed !== undefined) return parsed;
  context.issues.push({ code: 'custom', input: host, message: `must be ${PRIVATE_FORM}` });
  return z.NEVER;
});
const egress = optional(section({ allow: allowList, allow_private: listOf(privateHost) }), {
  allow: [],
  allow_private: [],
});

const retry = optional(
  section({
    attempts: optional(z.int().min(1).max(100), null),
    backoff: optional(z.array(duration()).min(1).max(100), BACKOFF),
  }).transform(({ attempts, backoff }) => ({ attempts: attempts ?? backoff.length + 1, backoff })),
  null,
);

const task = section({
  name: textLike(TITLE, TITLE_FORM),
  code: textLike(TASK_FILE, TASK_FILE_FORM),
  active: optional(z.boolean(), true),
  realm,
  limits,
  retry,
  triggers: listOf(triggerSchema),
});

export const manifestSchema = section({
  name: textLike(TITLE, TITLE_FORM),
  slug: textLike(SLUG, SLUG_FORM),
  active: optional(z.boolean(), false),
  env: optional(identifier, 'embedded'),
  params: listOf(param),
  texts: listOf(text),
  secrets: listOf(secret),
  egress,
  limits,
  keep,
  realm,
  shared_packages: listOf(textLike(PACKAGE, PACKAGE_FORM)),
  models: listOf(modelSchema),
  tasks: listOf(task),
});
