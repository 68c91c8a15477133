import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { doctor } from '../../../../server/cli/commands/doctor.ts';
import { verifyLedger } from '../../../../server/cli/commands/ledger-verify.ts';
import { move } from '../../../../server/cli/commands/move.ts';
import { type CapturedContext, captureContext } from '../support.ts';

let data = '';
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'sluice-url-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(data, { recursive: true, force: true });
});

type Command = (context: CapturedContext, options: { readonly data: string }) => Promise<void>;
const COMMANDS: readonly (readonly [string, Command])[] = [
  ['doctor', doctor],
  ['ledger verify', verifyLedger],
  ['move', (context, options) => move(context, { ...options, fromPostgres: true })],
];

it.each(COMMANDS)(
  '`%s` takes the URL of the database out of its environment before anything else, and uses it',
  async (_name, command) => {
    const context = captureContext('http://127.0.0.1:1');
    vi.stubEnv('SLUICE_DATABASE_URL', 'postgres://sluice:not-to-be-seen@127.0.0.1:1/none');
    const failed = command(context, { data }).catch(String);
    expect(process.env.SLUICE_DATABASE_URL).toBeUndefined();
    const said = `${await failed}${context.stdout()}${context.stderr()}`;
    expect(said).toContain('The PostgreSQL database "none" on 127.0.0.1:1 does not answer');
    expect(said).not.toContain('not-to-be-seen');
  },
);
