import type { JobLogLine, Outcome } from '../sandbox/types.ts';
import { toParts } from '../sandbox/wire/encoded-parts.ts';
import { uuidv7 } from './ids.ts';
import type { LiveProject } from './live-project.ts';
import type { Found } from './mask/masker.ts';
import { masksOf } from './mask/project-masks.ts';
import type { AuditRow, AuditStore } from './store/audit-store.ts';
import type { JobRow } from './store/job-store.ts';

/** Where a task wrote a secret. */
export type HitPlace = 'log' | 'error' | 'result' | 'answer';

/**
 * Rows that one project may cause in an hour; jobs that write secrets all the time would bury the other rows. Those past it
 * are counted in the next one.
 */
const MOST_PER_HOUR = 100;
const HOUR = 3_600_000;

interface Hour {
  readonly since: number;
  rows: number;
  untold: number;
}

export interface SecretHitsDeps {
  readonly store: Pick<AuditStore, 'appendAudit'>;
  readonly now: () => number;
  /** Told to the operator. */
  report(message: string): void;
}

/** Looks for secrets in what one job's task writes; each is recorded once for each place. */
export interface HitScan {
  line(line: JobLogLine): void;
  outcome(outcome: Outcome): void;
  found(found: readonly Found[], place: HitPlace): void;
}

/**
 * Text that tasks write is not masked: by what is masked a task could tell whether it guessed a secret. It is looked
 * through instead, and what is found is recorded for Managers. The job does not notice: nothing waits for it.
 */
export class SecretHits {
  readonly #deps: SecretHitsDeps;
  readonly #hours = new Map<string, Hour>();

  constructor(deps: SecretHitsDeps) {
    this.#deps = deps;
  }

  scan(job: JobRow, live: LiveProject): HitScan {
    const { secrets } = masksOf(live);
    let seen: Set<string> | undefined;
    const found: HitScan['found'] = (all, place) => {
      for (const { key, form } of all) {
        seen ??= new Set();
        if (seen.has(`${place} ${key}`)) continue;
        seen.add(`${place} ${key}`);
        this.#record({ ...job, version: live.version.number }, { key, form }, place);
      }
    };
    const look = async (data: string | Uint8Array, place: HitPlace) => found(await secrets.find(data), place);
    return {
      found,
      line({ name, message }) {
        if (name === 'task' && secrets.contains(message)) void look(message, 'log');
      },
      outcome(outcome) {
        if (outcome.status === 'done') {
          if (job.trigger_type !== 'webhook')
            for (const part of toParts(outcome.result)) void look(part, 'result');
          return;
        }
        const { name, message, stack } = outcome.error;
        for (const text of [name, message, stack ?? '']) void look(text, 'error');
      },
    };
  }

  #record(job: JobRow, { key, form }: Found, place: HitPlace): void {
    const { store, now, report } = this.#deps;
    const at = now();
    const hour = this.#hourOf(job.project_id, at);
    if (hour.rows >= MOST_PER_HOUR) {
      hour.untold += 1;
      return;
    }
    hour.rows += 1;
    const more = hour.untold === 0 ? '' : ` Of the hour before, ${hour.untold} more were not recorded.`;
    hour.untold = 0;
    const row: AuditRow = {
      id: uuidv7(at),
      at,
      kind: 'secret_in_task_text',
      project: job.project,
      task: job.task,
      trigger: job.trigger,
      job: job.id,
      version: job.version,
      user: null,
      name: key,
      message: `Task ${job.task} wrote the value of secret ${key} (${form}) into ${PLACES[place]}. See how its code came by it.${more}`,
    };
    store.appendAudit([row]).catch((error: unknown) => report(`An audit row is missing: ${String(error)}`));
  }

  #hourOf(projectId: string, at: number): Hour {
    const known = this.#hours.get(projectId);
    if (known !== undefined && at - known.since < HOUR) return known;
    const hour = { since: at, rows: 0, untold: known?.untold ?? 0 };
    this.#hours.set(projectId, hour);
    return hour;
  }
}

const PLACES: Readonly<Record<HitPlace, string>> = {
  log: 'its log',
  error: 'an error',
  result: 'its result',
  answer: 'the answer of its webhook, which was not sent',
};
