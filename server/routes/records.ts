import { z } from 'zod';
import { AppError } from '../../runtime/app-error.ts';
import { MOST_RECORDS } from '../../runtime/env/bounds.ts';
import { type Call, endpoint } from '../endpoint.ts';
import { termsOf } from '../read-terms.ts';
import { listOf, pageQuery } from '../shapes/common.ts';
import { modelShape, recordShape, toModel, toRecord } from '../shapes/record.ts';
import { writeAudit } from '../write-audit.ts';

const values = z.record(z.string(), z.unknown());

const domain = z
  .string()
  .max(100_000)
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.issues.push({
        code: 'custom',
        input: text,
        message: 'it takes a domain as JSON, like [["name","=","x"]]',
      });
      return z.NEVER;
    }
  });
const fields = z
  .string()
  .max(10_000)
  .transform((text) => text.split(',').map((name) => name.trim()));

export const listModels = endpoint({
  summary: 'Models of the embedded records: those that came with Sluice, were declared, or have records',
  answer: z.object({ items: z.array(modelShape) }),
  handle: async ({ services }) => ({ items: (await services.runtime.store.listModels()).map(toModel) }),
});

export const listRecords = endpoint({
  summary: 'Records of a model, newest first',
  query: z.strictObject({
    domain: domain.optional().describe('as JSON'),
    fields: fields.optional().describe('names, separated by commas; all but binary ones unless given'),
    ...pageQuery,
    after: z
      .string()
      .regex(/^\d{1,15}$/, 'it takes the "next" of the page before')
      .transform(Number)
      .optional(),
  }),
  answer: listOf(recordShape),
  handle: (call) =>
    answered(async () => {
      const { domain: wanted = [], fields: names = null, limit, after = null } = call.query;
      const query = { domain: wanted, fields: names, limit: limit + 1, after };
      const found = await records(call).list(call.part('model'), query);
      const items = found.slice(0, limit).map(toRecord);
      const last = items.at(-1);
      return { items, next: found.length > limit && last !== undefined ? String(last.id) : null };
    }),
});

export const getRecord = endpoint({
  summary: 'A record',
  answer: recordShape,
  handle: (call) => answered(async () => toRecord(await records(call).get(call.part('model'), idOf(call)))),
});

export const createRecords = endpoint({
  summary: 'Make a record, or several of one model at once',
  body: z.strictObject({
    values: z.union(
      [values, z.array(values).min(1).max(MOST_RECORDS)],
      'it takes an object with values by field, or a list of such',
    ),
  }),
  answer: z.union([recordShape, z.object({ items: z.array(recordShape) })]),
  status: 201,
  handle: (call) =>
    answered(async () => {
      const given = call.body.values;
      const rows = Array.isArray(given) ? given : [given];
      const made = (await records(call).create(call.part('model'), rows)).map(toRecord);
      await audit(
        call,
        'record_made',
        made.map(({ id }) => id),
        'made',
      );
      const [first] = made;
      return Array.isArray(given) || first === undefined ? { items: made } : first;
    }),
});

export const patchRecord = endpoint({
  summary: 'Change values of a record',
  body: z.strictObject({ values }),
  answer: recordShape,
  handle: (call) =>
    answered(async () => {
      const id = idOf(call);
      const changed = await records(call).write(call.part('model'), id, call.body.values);
      await audit(call, 'record_changed', [id], 'changed');
      return toRecord(changed);
    }),
});

export const deleteRecord = endpoint({
  summary: 'Delete a record',
  answer: null,
  status: 204,
  handle: (call) =>
    answered(async () => {
      const id = idOf(call);
      await records(call).unlink(call.part('model'), id);
      await audit(call, 'record_deleted', [id], 'deleted');
      return new Response(null, { status: 204 });
    }),
});

/** Which records, never what is in them. */
function audit(
  call: Call,
  kind: 'record_made' | 'record_changed' | 'record_deleted',
  ids: readonly number[],
  what: string,
): Promise<void> {
  const model = call.part('model');
  const shown = ids.length > MOST_NAMED ? `${ids.slice(0, MOST_NAMED).join(', ')}, ...` : ids.join(', ');
  const records = ids.length === 1 ? `The record ${shown}` : `${ids.length} records (${shown})`;
  return writeAudit(call, {
    kind,
    name: model,
    message: `${records} of ${model} ${ids.length === 1 ? 'was' : 'were'} ${what}.`,
  });
}

/** Ids in one line of the audit. */
const MOST_NAMED = 20;

const records = (call: Pick<Call, 'services' | 'actor' | 'request'>) =>
  call.services.runtime.records(call.actor, termsOf(call));

function idOf(call: Pick<Call, 'part'>): number {
  const text = call.part('id');
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new AppError('not_found', 404, `${JSON.stringify(text.slice(0, 40))} is no id of a record.`);
}

/** What code of a project would get as an error is the caller's error here. */
async function answered<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof AppError) throw error;
    const known = ERRORS.get(error.name);
    if (known === undefined) throw error;
    throw new AppError(known.code, known.status, error.message, { cause: error });
  }
}

const ERRORS: ReadonlyMap<string, { readonly code: string; readonly status: number }> = new Map([
  ['ValidationError', { code: 'invalid_record', status: 422 }],
  ['TypeError', { code: 'invalid_record', status: 422 }],
  ['RangeError', { code: 'too_much', status: 413 }],
  ['MissingError', { code: 'not_found', status: 404 }],
  ['RetryableJobError', { code: 'conflict', status: 409 }],
]);
