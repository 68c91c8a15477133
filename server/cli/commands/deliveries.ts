import type { ApiDelivery, ApiJob, ApiPage } from '../api-shapes.ts';
import { CliError } from '../cli-error.ts';
import { type ApiClient, route } from '../client.ts';
import type { CommandContext } from '../context.ts';
import { table } from '../output.ts';
import { printable } from '../printable.ts';
import { tellRun } from '../tell-run.ts';

/** More than are kept of one webhook. */
const ALL = '1000';

/** Of which webhook. */
export interface Hook {
  readonly slug: string;
  readonly trigger: string;
}

/** Prints the newest deliveries to a webhook, as a table or, for programs, as the page of the API. */
export async function listDeliveries(
  { connect, output }: CommandContext,
  hook: Hook,
  limit: string | undefined,
): Promise<void> {
  const page = await read(await connect(), hook, limit);
  output.result(page, () =>
    table(['ID', 'AT', 'STATUS', 'FROM', 'BYTES', 'JOB', 'WHAT WAS FOUND'], page.items.map(row)),
  );
  if (page.items.length === 0)
    output.note(
      `No delivery is kept. Webhook ${printable(hook.trigger)} keeps them when project.yaml has "auth", "deliveries" or another key of its checks.`,
    );
  if (page.next !== null) output.note('There are more: give a higher --limit.');
}

/** Prints one delivery: what was checked, its headers, and the beginning of its body. */
export async function showDelivery(
  { connect, output }: CommandContext,
  hook: Hook,
  id: string,
): Promise<void> {
  const { items } = await read(await connect(), hook, ALL);
  const found = items.find((delivery) => delivery.id === id);
  if (found === undefined) {
    throw new CliError(
      `Webhook ${printable(hook.trigger)} has no delivery ${printable(id)}, or does not keep it any more. List what there is: sluice deliveries ${hook.slug} ${printable(hook.trigger)}`,
    );
  }
  output.result(found, () => textOf(found));
}

/** Gives one to its handler again and tells of the job as \`trigger run\` does. */
export async function redeliver(
  { connect, output }: CommandContext,
  { slug, trigger }: Hook,
  id: string,
): Promise<void> {
  const client = await connect();
  const at = route`/projects/${slug}/triggers/${trigger}/deliveries/${id}/redeliver`;
  tellRun(output, ((await client.send('POST', at)) as { readonly job: ApiJob }).job);
}

const read = async (
  client: ApiClient,
  { slug, trigger }: Hook,
  limit: string | undefined,
): Promise<ApiPage<ApiDelivery>> =>
  (await client.get(route`/projects/${slug}/triggers/${trigger}/deliveries`, {
    limit,
  })) as ApiPage<ApiDelivery>;

const row = (delivery: ApiDelivery): readonly unknown[] => [
  delivery.id,
  delivery.at,
  delivery.status,
  delivery.remote_addr,
  delivery.bytes,
  delivery.job ?? 'none',
  lastOf(delivery),
];

/** The last step is what decided. */
function lastOf({ verdict }: ApiDelivery): string {
  const last = verdict.at(-1);
  return last === undefined ? '' : `${last.step}: ${last.note ?? (last.ok ? 'ok' : 'refused')}`;
}

function textOf(delivery: ApiDelivery): string {
  const { verdict, headers, body } = delivery;
  const steps = verdict.map(
    ({ step, ok, note }) => `  ${ok ? 'ok     ' : 'refused'} ${step.padEnd(14)} ${note ?? ''}`,
  );
  const given = Object.entries(headers ?? {}).map(
    ([name, value]) => `  ${name}: ${[value].flat().join(', ')}`,
  );
  return [
    ...facts(delivery).map(([name, value]) => `${name.padEnd(9)} ${value}`),
    'checked',
    ...steps,
    ...(headers === null ? ['headers   not kept'] : ['headers', ...given]),
    ...(body === null ? [] : ['body', ...body.split('\n').map((line) => `  ${line}`)]),
  ]
    .map((line) => printable(line).trimEnd())
    .join('\n');
}

function facts(delivery: ApiDelivery): readonly (readonly [string, string])[] {
  const { redelivery_of, redelivered_by, can_be_redelivered } = delivery;
  return [
    ['delivery', delivery.id],
    ['at', delivery.at],
    ['request', `${delivery.method} ${delivery.path}`],
    ['from', delivery.remote_addr],
    ['answered', String(delivery.status)],
    ['job', delivery.job ?? 'none'],
    ['bytes', String(delivery.bytes)],
    ...(redelivery_of === null ? [] : [['again', `${redelivery_of}, by ${redelivered_by}`] as const]),
    ['kept', can_be_redelivered ? 'whole: can be delivered again' : 'in part: cannot be delivered again'],
  ];
}
