import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type PreparedVersion, prepareDeploy } from '../../runtime/project/prepare-deploy.ts';
import { readResult } from '../../runtime/webhook/answer.ts';
import { bundlePackages } from '../../sandbox/compile/bundle-packages.ts';
import { createSandbox } from '../../sandbox/create-sandbox.ts';
import type { Sandbox } from '../../sandbox/types.ts';
import { encode } from '../../sandbox/wire/encode.ts';
import { webhookInput } from '../../server/cli/local/webhook-input.ts';
import { readConfig } from '../../server/config.ts';
import { compiled } from '../support/compiled.ts';
import { actor, compiler } from '../support/deploys.ts';
import { pages, ROOT, type Sample } from '../support/docs/pages.ts';
import { type PairsOfHandler, projectsOf } from '../support/docs/projects.ts';
import { accept } from '../support/manifest.ts';
import { runShipped } from '../support/shipped.ts';
import { typeCheck, typesOf } from '../support/type-check.ts';

const samples = pages.flatMap((page) => page.samples);
const ofKind = (kind: string): readonly Sample[] => samples.filter((sample) => sample.kind === kind);
const projects = pages.flatMap(projectsOf);
const whole = projects.filter(({ files }) => files['project.yaml'] !== undefined);
const fragments = projects.filter(({ files }) => files['project.yaml'] === undefined);

it('is of a kind that a test reads, each sample in README.md and docs/', () => {
  const kinds = [
    'sh',
    'json',
    'json pairs',
    'yaml project',
    'yaml part',
    'yaml sluice',
    'ts protected',
    'ts common',
    'ts task',
  ];
  const strange = samples.filter(({ kind }) => !kinds.includes(kind));
  expect(strange.map(({ place, kind }) => `${place} ${kind}`)).toEqual([]);
});

describe('JSON', () => {
  it.each(ofKind('json'))('at $place is valid', ({ text }) => {
    expect(() => JSON.parse(text)).not.toThrow();
  });
});

describe('YAML', () => {
  it.each(ofKind('yaml part'))('at $place is part of a project.yaml', ({ text }) => {
    accept(`name: Part\nslug: part\n${text}`);
  });

  it.each(ofKind('yaml sluice'))('at $place is accepted as sluice.yaml', ({ text }) => {
    const config = readConfig({ flags: {}, env: {}, file: { name: 'sluice.yaml', values: parse(text) } });
    expect(Object.keys(config)).not.toEqual([]);
  });
});

describe('the project of', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox();
  });
  afterAll(() => sandbox.stop());

  const prepare = (files: Readonly<Record<string, string>>): Promise<PreparedVersion> => {
    const { slug } = accept(files['project.yaml'] ?? '').manifest;
    return prepareDeploy(compiler, { slug, files, bundle: null, actor: actor('manager') }, undefined);
  };

  it.each(whole)('$name can be deployed', async ({ files }) => {
    expect((await prepare(files)).warnings).toEqual([]);
  });

  it.each(whole)('$name has the types that it says', async ({ files }) => {
    expect(typeCheck({ ...files, ...(await typesOf(files)) })).toEqual([]);
  });

  it.each(whole.filter(({ runs }) => runs.length > 0))(
    '$name does what is stated',
    async ({ files, runs }) => {
      const version = await prepare(files);
      for (const run of runs) {
        for (const { input, result } of run.pairs) {
          expect(await resultOf(sandbox, version, run, input)).toEqual(result);
        }
      }
    },
  );
});

describe('the code of', () => {
  it.each(fragments)('$name compiles, with its packages', async ({ files }) => {
    const bundle = await bundlePackages(ROOT, files['protected.ts'] ?? '', 'protected.ts');
    await compiled(files, bundle);
  });
});

/** What a handler returned; of a webhook `{status, body}` as its caller gets them. */
async function resultOf(
  sandbox: Sandbox,
  version: PreparedVersion,
  { task, handler }: PairsOfHandler,
  input: unknown,
): Promise<unknown> {
  const isWebhook = handler === 'handle_webhook';
  const argument = isWebhook ? webhookInput(Buffer.from(JSON.stringify(input)), 'http://hooks.test') : input;
  const { status, result, error } = await runShipped(sandbox, version, { task, handler, input: argument });
  expect({ status, error }).toEqual({ status: 'done', error: null });
  if (!isWebhook) return result;
  const read = readResult(encode(result), false);
  if (!read?.ok) throw new Error('the handler returned what is no answer');
  const { headers, body } = read.answer;
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
  const isJson = headers.some(
    ([name, value]) => /^content-type$/i.test(name) && value === 'application/json',
  );
  return { status: read.answer.status, body: isJson ? JSON.parse(text) : text };
}
