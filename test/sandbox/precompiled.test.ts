import { afterAll, expect, it } from 'vitest';
import { createSandbox } from '../../sandbox/create-sandbox.ts';
import type { CompileRequest, Program } from '../../sandbox/types.ts';
import { compiled as programOf } from '../support/compiled.ts';
import { taskOnly } from '../support/sandbox.ts';

const files = taskOnly('export const handle_button = () => 1;');
let known: Program[] = [];
const sandbox = await createSandbox({ precompiled: async () => known });
afterAll(() => sandbox.stop());

const compiled = async (request: CompileRequest): Promise<Program | undefined> => {
  const result = await sandbox.compile(request);
  return result.ok ? result.program : undefined;
};

it('a program that is there already is taken as it is, and any other is compiled', async () => {
  const program = await programOf(files);
  known = [program];
  expect(await compiled({ files, bundle: null })).toBe(program);
  const changed = taskOnly('export const handle_button = () => 2;');
  expect((await compiled({ files: changed, bundle: null }))?.id).not.toBe(program.id);
});
