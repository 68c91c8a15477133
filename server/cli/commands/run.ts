import { MOST_BYTES } from '../../../runtime/env/bounds.ts';
import { createEmbedded } from '../../../runtime/env/embedded/create-embedded.ts';
import { createGate } from '../../../runtime/gate/create-gate.ts';
import { createLinks } from '../../../runtime/links/create-links.ts';
import type { LiveProject } from '../../../runtime/live-project.ts';
import { liveView } from '../../../runtime/live-view.ts';
import { masksOf } from '../../../runtime/mask/project-masks.ts';
import type { Manifest } from '../../../runtime/project/manifest.ts';
import { createRegisters } from '../../../runtime/registers/create-registers.ts';
import { SecretHits } from '../../../runtime/secret-hits.ts';
import { openMemoryStore } from '../../../runtime/store/sqlite/open.ts';
import type { Store } from '../../../runtime/store/store.ts';
import { createSandbox } from '../../../sandbox/create-sandbox.ts';
import type { CommandContext } from '../context.ts';
import { readInput } from '../input.ts';
import { checkOutcome } from '../job-text.ts';
import { runLocalJob } from '../local/local-job.ts';
import { createLocalLedger } from '../local/local-ledger.ts';
import { deployLocally, findTrigger } from '../local/local-project.ts';
import { readLocalSecrets } from '../local/local-secrets.ts';
import type { Output } from '../output.ts';
import { printable } from '../printable.ts';
import { readProject } from '../read-project.ts';

/** Where a server would be: nobody listens there. */
const HOOK_URL = 'http://127.0.0.1:4070';

export interface RunOptions {
  readonly dir: string;
  /** Name or file of the task. */
  readonly task: string;
  /** `handle_button`, or `button`, or the name of its trigger. */
  readonly handler: string;
  /** File with what the handler is given. */
  readonly data?: string;
  /** File with KEY=value lines. */
  readonly secrets?: string;
}

/**
 * Runs one job of the project in a folder, without a server: checked as a deploy is, in the same sandbox, through the
 * same gate. Log lines and what leaves go to stderr, the result to stdout as JSON. Fails when the job failed.
 */
export async function runLocally(context: CommandContext, options: RunOptions): Promise<void> {
  const { output } = context;
  const project = await readProject(options.dir);
  const data = options.data === undefined ? undefined : await readInput(options.data);
  const sandbox = await createSandbox();
  const gate = createGate({ store: createLocalLedger(output) });
  const store = openMemoryStore();
  const registers = createRegisters({ store, now: Date.now });
  const links = createLinks({ store, now: Date.now });
  // Nothing is queued here, so no change starts anything.
  const records = {
    store,
    catalog: { dbTriggers: () => [] },
    now: Date.now,
    mostBytes: MOST_BYTES,
    wake() {},
  };
  const env = createEmbedded(records);
  const warn = (message: string) => output.note(`WARNING  ${printable(message)}`);
  const appendAudit: Store['appendAudit'] = async (rows) => {
    for (const { message } of rows) warn(message);
  };
  const hits = new SecretHits({ store: { appendAudit }, now: Date.now, report: warn });
  try {
    const loaded = await deployLocally({ sandbox, store }, project, output);
    const secrets = await readSecrets(output, loaded.version.manifest, options.secrets);
    const live = liveView(loaded, secrets, HOOK_URL);
    const trigger = findTrigger(live, options.task, options.handler);
    const { outcome, result } = await runLocalJob(
      { sandbox, gate, registers, links, env, hits, store },
      {
        live,
        trigger,
        data,
        records,
        log: ({ level, message }) => output.note(`${level.toUpperCase().padEnd(8)} ${printable(message)}`),
      },
    );
    checkOutcome(
      { status: outcome.status, error: outcome.status === 'done' ? null : outcome.error },
      'The job',
    );
    output.line(resultText(live, result, output.json));
  } finally {
    await gate.close();
    await sandbox.stop();
    await store.close();
  }
}

async function readSecrets(output: Output, { secrets: specs }: Manifest, file: string | undefined) {
  const secrets = await readLocalSecrets(specs, file);
  for (const { key } of specs) {
    if (!secrets.has(key))
      output.note(`${key} is not set. Set SLUICE_SECRET_${key}, or give --secrets FILE.`);
  }
  return secrets;
}

function resultText(live: LiveProject, result: unknown, short: boolean): string {
  const text = JSON.stringify(result, null, short ? 0 : 2) ?? 'null';
  return masksOf(live).stored.mask(text);
}
