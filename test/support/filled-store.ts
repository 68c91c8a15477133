import { learnedField } from '../../runtime/env/models/merge-model.ts';
import type { FieldSpec, ModelDeclaration } from '../../runtime/store/record-store.ts';
import type { Store } from '../../runtime/store/store.ts';
import { encode } from '../../sandbox/wire/encode.ts';
import { claimOne } from './free-places.ts';
import { HEX_KEY } from './ledger.ts';
import { deployWrite, doneJob, jobRow, ledgerWrite, logWrite, MID_MONTH, outcomeOf, uuidAt } from './rows.ts';

const NEXT_MONTH = Date.UTC(2026, 11, 3);
const BOUNDS = { limit: 1000, most_bytes: 1_000_000, most_read: 10_000 };

/** What there is in a filled store. */
export interface Filled {
  readonly projectId: string;
  /** Id of a job that runs. */
  readonly running: string;
}

const field = (name: string, more: Partial<FieldSpec> = {}): ModelDeclaration['fields'][number] => ({
  name,
  type: 'char',
  relation: null,
  required: false,
  unique: false,
  index: false,
  selection: null,
  ...more,
});

/** Puts something of every kind into a store, through its own verbs. */
export async function fillStore(store: Store): Promise<Filled> {
  const deployed = await store.deploy(
    deployWrite({
      models: [
        {
          name: 'x.thing',
          strict: false,
          fields: [field('name', { unique: true }), field('n', { type: 'float', index: true })],
        },
      ],
      triggers: [
        { name: 'HELLO', type: 'button', hook: null },
        { name: 'INBOX', type: 'webhook', hook: 'a-secret-path' },
        { name: 'NIGHTLY', type: 'cron', hook: null },
      ],
    }),
  );
  if (deployed === null) throw new Error('The deploy was refused.');
  const projectId = deployed.project.id;
  await fillSettings(store, projectId);
  await fillRecords(store);
  await fillJobs(store, projectId);
  await fillLedger(store);
  const running = await claimOne(store, MID_MONTH + 1);
  if (running === undefined) throw new Error('There was nothing to claim.');
  return { projectId, running: running.id };
}

async function fillSettings(store: Store, project_id: string): Promise<void> {
  await store.setParam(project_id, 'WELCOME', 'Grüß Gott\n\t\\N', MID_MONTH);
  await store.setTriggerActive(project_id, 'INBOX', false);
  await store.putSecret({
    project_id,
    key: 'TOKEN',
    version: 3,
    key_id: 'k1',
    iv: Uint8Array.of(0, 1, 255),
    tag: Uint8Array.of(),
    ciphertext: Uint8Array.from({ length: 300 }, (_, n) => n % 256),
    set_at: MID_MONTH,
    set_by: 'admin',
  });
  await store.putToken({
    id: 't1',
    name: 'ci',
    role: 'developer',
    hash: 'h1',
    created_at: MID_MONTH,
    created_by: 'admin',
  });
  await store.appendAudit(
    ['one', 'two'].map((name) => ({
      id: uuidAt(MID_MONTH),
      at: MID_MONTH,
      kind: 'secret_set',
      project: 'demo',
      task: null,
      trigger: null,
      job: null,
      version: null,
      user: 'admin',
      name,
      message: 'Secret TOKEN was set.',
    })),
  );
  await store.putCronPlans([
    { project_id, name: 'NIGHTLY', rhythm: '["r"]', next_at: MID_MONTH + 5, armed: true },
  ]);
  for (const key of ['é', 'b', ''])
    await store.setRegister({
      ...{ project_id, name: 'r', key, value: encode({ key, bytes: Uint8Array.of(0, 255) }), at: 5 },
      ...{ if_version: undefined, most_bytes: 1_000_000 },
    });
  for (const id of ['7', '8', '9'])
    await store.setLink({
      ...{ project_id, relation: 'r', model: 'res.partner', sync_date: 5, allow_many2many: false },
      refs: [
        ['external', `e${id}`],
        ['odoo', id],
      ],
      ...{ most_links: 1000, most_bytes: 1_000_000 },
    });
  // The newest one: its number is not given again.
  const { items } = await store.searchLinks(
    project_id,
    { relation: 'r', model: 'res.partner', refs: [] },
    BOUNDS,
  );
  await store.deleteLinks(project_id, items.map(({ id }) => id).slice(-1));
}

async function fillRecords(store: Store): Promise<void> {
  const values = [
    { name: 'İıß', n: 0.1, zz: 'later', a: 'first', list: [1, { b: 1, a: 2 }] },
    { name: 'b', n: 1e21, empty: '' },
    { name: 'c' },
  ];
  const written = await store.commitRecords({
    at: MID_MONTH,
    user: '{"id":null,"name":"Zoë ß"}',
    changes: values.map((each, index) => ({
      model: 'x.thing',
      id: index + 1,
      expected: null,
      values: each,
      files: new Map([['file', index === 0 ? Uint8Array.of(0, 128, 255) : null]]),
    })),
    learned: new Map([
      [
        'x.thing',
        [
          learnedField('zz', 'char'),
          learnedField('a', 'char'),
          learnedField('empty', 'char'),
          learnedField('list', 'json'),
        ],
      ],
    ]),
    jobs: [],
    logs: [],
    most_bytes: 1_000_000,
  });
  if (written.kind !== 'written') throw new Error(`The records were not written: ${written.kind}.`);
}

async function fillJobs(store: Store, project_id: string): Promise<void> {
  for (let n = 0; n < 3; n += 1) await store.enqueueJob(jobRow({ project_id, priority: n }));
  for (const created_at of [MID_MONTH, NEXT_MONTH]) {
    const job = doneJob({ project_id, created_at, input: '{"a":"\\u0000"}', result: '"OK"' });
    const line = logWrite({ job: job.id, at: created_at });
    await store.finishJob({
      job,
      logs: [
        line,
        { ...line, level: 'error', task: null, trigger: null },
        { ...line, at: created_at + 3_600_000, message: 'mé\u{1f600}' },
      ],
      ledger: [],
    });
  }
}

async function fillLedger(store: Store): Promise<void> {
  const rows = Array.from({ length: 6 }, (_, n) => ledgerWrite({ at: MID_MONTH + n }));
  await store.appendLedger(rows);
  await store.appendLedger([outcomeOf(rows[5]?.id ?? ''), ledgerWrite({ at: NEXT_MONTH, project: 'other' })]);
  await store.deleteOldLedger({ project: 'demo', before: MID_MONTH + 3, after: null, limit: 100 });
  await store.checkpointLedger();
}

/** What every kind of verb reads of a filled store. */
export async function readStore(
  store: Store,
  { projectId, running }: Filled,
): Promise<Readonly<Record<string, unknown>>> {
  const page = { limit: 100 };
  const jobs = await store.listJobs({}, page);
  return {
    project: await store.loadProject('demo'),
    versions: await store.listVersions(projectId),
    version: await store.getVersion(projectId, 1),
    secrets: (await store.listSecrets(projectId)).map(({ iv, tag, ciphertext, ...more }) => ({
      ...more,
      bytes: [iv, tag, ciphertext].map((each) => Buffer.from(each).toString('hex')),
    })),
    tokens: await store.listTokens(),
    audit: await store.listAudit({}, page),
    cron: await store.listCronPlans(projectId),
    registers: await store.listRegisters(projectId, {}, { limit: 100, most_bytes: 1_000_000 }),
    links: await store.searchLinks(projectId, { relation: 'r', model: 'res.partner', refs: [] }, BOUNDS),
    models: await store.listModels(),
    records: await store.getRecords('x.thing', [1, 2, 3]),
    sizes: await store.getRecordSizes('x.thing', [1, 2, 3]),
    jobs,
    job: await store.getJob(running),
    logs: await store.listLogs({}, page),
    ledger: await store.listLedger({}, page),
    size: await store.sizeOfLogs(),
    verified: await store.verifyLedger({}, [HEX_KEY]),
  };
}
