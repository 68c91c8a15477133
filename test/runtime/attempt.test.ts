import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attempt } from '../../runtime/attempt.ts';
import { routeCalls } from '../../runtime/capability-calls.ts';
import { createEmbedded } from '../../runtime/env/embedded/create-embedded.ts';
import type { Env } from '../../runtime/env/env.ts';
import type { Origin } from '../../runtime/gate/gate.ts';
import { createLinks, type Links } from '../../runtime/links/create-links.ts';
import type { LiveProject, LiveTrigger } from '../../runtime/live-project.ts';
import { newJob } from '../../runtime/new-job.ts';
import { createRegisters, type Registers } from '../../runtime/registers/create-registers.ts';
import { createSeals } from '../../runtime/sealed/seals.ts';
import { SubJobs } from '../../runtime/sub-jobs/sub-jobs.ts';
import type { JobLogLine, JobUser, Outcome, Sandbox } from '../../sandbox/types.ts';
import { encode } from '../../sandbox/wire/encode.ts';
import { actor } from '../support/deploys.ts';
import { recordDeps } from '../support/records.ts';
import { clickButton, deployTask, openTestRuntime, type TestRuntime } from '../support/runtime.ts';

const SECRET = 'correct-horse-battery';
const USER: JobUser = { id: null, name: 'somebody', login: null, role: null };
const BUTTONS = ['{type: button, name: GO}', '{type: button, name: STAY}'];
const PROTECTED = `
  export const send = (text: string) => log_outgoing_data("partner", text);
  export function boast() { log("the token is " + secrets.TOKEN); throw new Error("bad " + secrets.TOKEN); }`;
const CODE = `
  export async function handle_button(data: any) {
    if (data === "boast") await boast();
    await send("sent: " + data);
    return data;
  }`;

let works: TestRuntime;
let live: LiveProject;
let trigger: LiveTrigger;
let registers: Registers;
let links: Links;
let env: Env;
beforeAll(async () => {
  works = await openTestRuntime();
  registers = createRegisters({ store: works.store, now: Date.now });
  links = createLinks({ store: works.store, now: Date.now });
  env = createEmbedded(recordDeps(works.store));
  await deployTask(works.runtime, {
    slug: 'tried',
    code: CODE,
    yaml: 'secrets: [{key: TOKEN}]',
    files: { 'protected.ts': PROTECTED },
    triggers: BUTTONS,
  });
  await works.runtime.setSecret('tried', 'TOKEN', SECRET, actor('manager'));
  const found = works.runtime.project('tried');
  const go = found?.triggersByName.get('GO');
  if (found === undefined || go === undefined) throw new Error('The project is not there.');
  live = found;
  trigger = go;
});
afterAll(() => works.close());

const job = () => newJob(live, trigger, { now: Date.now(), user: USER, input: null, maxAttempts: 1 });

function tryWith(
  sandbox: Pick<Sandbox, 'run'>,
  { lost = 0, write = (_line: JobLogLine): void => {} } = {},
): Promise<Outcome> {
  const gate = { call: async () => encode(null), written: async () => lost };
  const logbook = { write };
  const hits = { scan: () => ({ line() {}, outcome() {}, found() {} }) };
  const store = { countSubJobs: async () => 0 };
  return attempt(
    { sandbox, gate, registers, links, env, hits, store },
    { job: job(), live, trigger, input: encode(1), logbook },
  ).outcome;
}

describe('an attempt', () => {
  it('lets Protected Code out through the gate, on behalf of its job', async () => {
    const { id, status } = await clickButton(works.runtime, 'tried', 'GO', 'hello');
    expect(status).toBe('done');
    const { items } = await works.store.listLedger({ job: id }, { limit: 10 });
    expect(items).toMatchObject([
      {
        kind: 'declared',
        project: 'tried',
        task: 'Task',
        trigger: 'GO',
        user: 'The manager',
        version: 1,
        recipient: 'partner',
        excerpt: 'sent: hello',
      },
    ]);
  });

  it('masks what Protected Code says to people', async () => {
    const failed = await clickButton(works.runtime, 'tried', 'GO', 'boast');
    const lines = await works.store.listLogs({ job: failed.id }, { limit: 10 });
    expect(failed.status).toBe('failed');
    expect(failed.error).toContain('bad ***');
    expect(lines.items.map(({ message }) => message)).toContain('the token is ***');
    expect(JSON.stringify([failed, lines])).not.toContain(SECRET);
  });

  it('says in its log which secrets have no value, once Protected Code is called', async () => {
    await deployTask(works.runtime, {
      slug: 'unset',
      code: 'export async function handle_button(d: any) { if (d === "call") { await f(); await f(); } }',
      yaml: 'secrets: [{key: SET}, {key: FIRST}, {key: SECOND}]',
      files: { 'protected.ts': 'export const f = () => secrets.FIRST === undefined;' },
      triggers: BUTTONS,
    });
    await works.runtime.setSecret('unset', 'SET', SECRET, actor('manager'));
    const linesOfRun = async (data: string) => {
      const { id, status } = await clickButton(works.runtime, 'unset', 'GO', data);
      expect(status).toBe('done');
      return (await works.store.listLogs({ job: id }, { limit: 10 })).items.map(({ message }) => message);
    };
    expect(await linesOfRun('call')).toEqual([
      'Without a value, and undefined in Protected Code: FIRST, SECOND. A Manager sets it: sluice secrets set unset KEY',
    ]);
    expect(await linesOfRun('rest')).toEqual([]);
  });

  it('runs with exactly what it was given, while people see a masked copy', async () => {
    const done = await clickButton(works.runtime, 'tried', 'GO', SECRET);
    const ledger = await works.store.listLedger({ job: done.id }, { limit: 10 });
    expect([done.input, done.result]).toEqual(['"***"', '"***"']);
    expect(ledger.items[0]?.bytes).toBe(`sent: ${SECRET}`.length);

    const queued = { ...job(), input: JSON.stringify(SECRET) };
    expect(works.runtime.shownJob(queued).input).toBe('"***"');
    expect(works.runtime.shownJob({ ...queued, project: 'gone' }).input).toBeNull();
  });

  it('is crashed when the sandbox itself fails, and never rejects', async () => {
    const throwing = () => {
      throw new Error(`no runner for ${SECRET}`);
    };
    const rejecting = () => ({ outcome: Promise.reject(new Error('lost')), cancel: () => {} });
    expect(await tryWith({ run: throwing })).toMatchObject({
      status: 'crashed',
      error: { name: 'SandboxError', message: 'The sandbox could not run the job: no runner for ***' },
    });
    expect(await tryWith({ run: rejecting })).toMatchObject({ status: 'crashed' });
  });

  it('says in its log that outcomes are missing in the ledger, and is what it is', async () => {
    const calling: Sandbox['run'] = (_order, hooks) => ({
      outcome: hooks
        .call('fetch', encode([]), 'protected')
        .then(() => ({ status: 'done', result: encode(null), cpuMs: 1 })),
      cancel: () => {},
    });
    const lines: JobLogLine[] = [];
    const write = (line: JobLogLine) => void lines.push(line);
    expect(await tryWith({ run: calling }, { lost: 2, write })).toMatchObject({ status: 'done' });
    expect(lines).toMatchObject([
      { level: 'error', message: expect.stringMatching(/^The outcome of 2 of its requests could not be/) },
    ]);
    expect(await tryWith({ run: calling }, { write })).toMatchObject({ status: 'done' });
    expect(lines).toHaveLength(1);
  });
});

describe('capability calls', () => {
  const subJobs = () => new SubJobs({ job: job(), live, trigger });

  it('of a task never reach the gate', async () => {
    const gate = {
      call: async () => {
        throw new Error('reached');
      },
      written: async () => 0,
    };
    const calls = routeCalls(
      { gate, registers, links, env },
      subJobs(),
      job(),
      live,
      USER,
      createSeals(live),
    );
    await expect(calls.call('fetch', encode([]), 'task')).rejects.toThrow('for Protected Code only');
    await expect(calls.call('fetch', encode([]), 'protected')).rejects.toThrow('reached');
  });

  it('on links reach those of the project, from tasks too', async () => {
    const gate = { call: async () => encode(null), written: async () => 0 };
    const calls = routeCalls(
      { gate, registers, links, env },
      subJobs(),
      job(),
      live,
      USER,
      createSeals(live),
    );
    const refs = [
      ['a', '1'],
      ['b', '2'],
    ];
    await calls.call('link.set', encode([{ relation: 'r', refs }]), 'task');
    expect(
      (await works.store.listLinks(live.project.id, {}, { limit: 5, before: undefined })).items,
    ).toMatchObject([{ relation: 'r', refs }]);
  });

  it('that are under way are given up when their job ends', async () => {
    const origins: Origin[] = [];
    const gate = {
      call: async (_operation: string, _args: unknown, origin: Origin) => {
        origins.push(origin);
        return encode(null);
      },
      written: async () => 0,
    };
    const calls = routeCalls(
      { gate, registers, links, env },
      subJobs(),
      job(),
      live,
      USER,
      createSeals(live),
    );
    await calls.call('fetch', encode([]), 'protected');
    await calls.call('fetch', encode([]), 'protected');
    expect(origins.map(({ signal }) => signal.aborted)).toEqual([false, false]);
    await calls.end();
    expect(origins.map(({ signal }) => signal.aborted)).toEqual([true, true]);
  });
});
