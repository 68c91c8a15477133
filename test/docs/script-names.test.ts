import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JOB_STATUSES, LOG_LEVELS } from '../../runtime/words.ts';
import { NOT_YET, PROTECTED_CAPABILITIES, TASK_CAPABILITIES } from '../../sandbox/capabilities.ts';
import { createSandbox } from '../../sandbox/create-sandbox.ts';
import type { Sandbox } from '../../sandbox/types.ts';
import { codeIn, pageOf, section, tableRows } from '../support/docs/pages.ts';
import { runJob } from '../support/sandbox.ts';

const page = pageOf('docs/script-api.md');
const ofTasksOnly = TASK_CAPABILITIES.filter((name) => !PROTECTED_CAPABILITIES.includes(name));
const ofProtectedOnly = PROTECTED_CAPABILITIES.filter((name) => !TASK_CAPABILITIES.includes(name));

/** `log` of `log(message, level)`: the names that a part of the page is about. */
const namesIn = (text: string): readonly string[] =>
  codeIn(text).flatMap((code) => code.match(/^\w+(?=$|\()/) ?? []);
const firstCells = (heading: string): string =>
  tableRows(section(page, heading))
    .map(([first = '']) => first)
    .join('\n');

describe('docs/script-api.md', () => {
  let sandbox: Sandbox;
  let inTasks: ReadonlySet<string>;
  let inProtected: ReadonlySet<string>;
  beforeAll(async () => {
    sandbox = await createSandbox();
    [inTasks, inProtected] = await Promise.all([namesInTasks(sandbox), namesInProtected(sandbox)]);
  });
  afterAll(() => sandbox.stop());

  it('has every name that all code finds in scope', () => {
    const [webStandards = ''] = section(page, 'Web standards').split('\n\n- ');
    const documented = new Set([...namesIn(firstCells('Names in all code')), ...namesIn(webStandards)]);
    const everywhere = [...inTasks].filter((name) => inProtected.has(name));
    expect(everywhere.length).toBeGreaterThan(30);
    expect(everywhere.filter((name) => !documented.has(name))).toEqual([]);
  });

  it('has the names of tasks, and those of Protected Code, and no others', () => {
    const tasks = ofTasksOnly.filter((name) => inTasks.has(name));
    const protectedCode = ofProtectedOnly.filter((name) => inProtected.has(name));
    expect(namesIn(firstCells('Only in tasks and Common Code')).toSorted()).toEqual(tasks);
    expect(namesIn(firstCells('Only in Protected Code')).toSorted()).toEqual(protectedCode);
  });

  it('says of the names that are reserved that they are not there yet', () => {
    const reserved = [...TASK_CAPABILITIES, ...ofProtectedOnly].filter(
      (name) => !inTasks.has(name) && !inProtected.has(name),
    );
    expect(namesIn(section(page, 'Not there yet')).toSorted()).toEqual(reserved.toSorted());
    expect(NOT_YET).toEqual(reserved.toSorted());
  });

  it('has every status of a job, from good to bad', () => {
    expect(namesIn(firstCells('Job statuses'))).toEqual(JOB_STATUSES);
  });

  it('has every level of the log', () => {
    const constants = LOG_LEVELS.map((level) => `LOG_${level.toUpperCase()}`);
    expect(namesIn(firstCells('Names in all code'))).toEqual(expect.arrayContaining(constants));
  });
});

/** Code for an object that has the type of each name. */
const typesOf = (names: readonly string[]) =>
  `({ ${names.map((name) => `${name}: typeof ${name}`).join(', ')} })`;

async function namesThere(
  sandbox: Sandbox,
  files: Readonly<Record<string, string>>,
): Promise<ReadonlySet<string>> {
  const { outcome, result } = await runJob(sandbox, { files });
  if (outcome.status !== 'done') throw new Error(outcome.error.message);
  const types = Object.entries(result as Record<string, string>);
  return new Set(types.flatMap(([name, type]) => (type === 'undefined' ? [] : [name])));
}

const namesInTasks = (sandbox: Sandbox) =>
  namesThere(sandbox, { 'tasks/t.ts': `function handle_button() { return ${typesOf(TASK_CAPABILITIES)}; }` });

const namesInProtected = (sandbox: Sandbox) =>
  namesThere(sandbox, {
    'protected.ts': `export function names() { return ${typesOf(PROTECTED_CAPABILITIES)}; }`,
    'tasks/t.ts': 'function handle_button() { return names(); }',
  });
