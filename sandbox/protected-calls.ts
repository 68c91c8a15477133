import { answerCall } from './answer-call.ts';
import { decode } from './codec.ts';
import { PROTECTED_FILENAME } from './compile/filenames.ts';
import { inAuthorsLines, mapStack } from './compile/locate.ts';
import { toEncoded, toParts } from './encoded-parts.ts';
import type { Head } from './frames.ts';
import { readLogLine } from './log-line.ts';
import type { NameShape } from './realm/names.ts';
import type { ProtectedStart } from './realm/protected-entry.ts';
import { realmLimits } from './realm-limits.ts';
import type { Fleet } from './supervisor/fleet.ts';
import type { JobPort, RunnerProcess } from './supervisor/runner-process.ts';
import type { Encoded, JobHooks, JobOrder, ProtectedUnit } from './types.ts';

/** Protected Code threw, or the call was refused. `stack` is for Managers. */
export class ProtectedError extends Error {
  readonly mappedStack: string;

  constructor(name: string, message: string, mappedStack = '') {
    super(message);
    this.name = name;
    this.mappedStack = mappedStack;
  }
}

interface Waiting {
  readonly resolve: (value: Encoded) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The protected side of one job: the vault runner it talks to, opened at the first call and ended with the job. What
 * Protected Code says to people (log lines, errors) is masked here, before anyone hears it.
 */
export class ProtectedCalls implements JobPort {
  readonly #order: JobOrder;
  readonly #hooks: JobHooks;
  readonly #fleet: Fleet;
  readonly #unit: ProtectedUnit;
  readonly #onLimit: (limit: string, detail: string) => void;
  readonly #waiting = new Map<number, Waiting>();
  readonly #startedAt = Date.now();
  readonly #declaring = new Set<Promise<unknown>>();
  #runner: RunnerProcess | undefined;
  #lastId = 0;
  /** Processor time of the job's Protected Code, as of its last answer. */
  cpuMs = 0;

  constructor(
    order: JobOrder,
    hooks: JobHooks,
    fleet: Fleet,
    unit: ProtectedUnit,
    onLimit: (limit: string, detail: string) => void,
  ) {
    this.#order = order;
    this.#hooks = hooks;
    this.#fleet = fleet;
    this.#unit = unit;
    this.#onLimit = onLimit;
  }

  /** Calls `name` or `name.member` with an encoded list of arguments. Rejects with a ProtectedError. */
  call(path: string, args: Encoded): Promise<Encoded> {
    if (!this.#offers(path)) {
      return Promise.reject(new ProtectedError('TypeError', `Protected Code offers no function ${path}.`));
    }
    return this.#ask((callId) => ['invoke', this.#order.jobId, callId, path], toParts(args));
  }

  /** What Protected Code offers under these names. */
  async describe(names: readonly string[]): Promise<readonly NameShape[]> {
    const answer = await this.#ask(
      (callId) => ['describe', this.#order.jobId, callId],
      [JSON.stringify(names)],
    );
    if (this.#hooks.mask(answer.text) !== answer.text) {
      const message = `A constant of Protected Code (one of ${names.join(', ')}) contains a secret value; tasks may not see it.`;
      throw new ProtectedError('TypeError', message);
    }
    return decode(answer) as NameShape[];
  }

  /** Undefined when nothing is being declared; else resolves once every `log_outgoing_data` of the job is written. */
  declarations(): Promise<unknown> | undefined {
    return this.#declaring.size === 0 ? undefined : Promise.allSettled(this.#declaring);
  }

  /** The job is over: the realm forgets it. */
  end(): void {
    this.#runner?.send(['end', this.#order.jobId]);
    this.#runner?.release(this.#order.jobId);
    this.#runner = undefined;
    this.#waiting.clear();
  }

  #offers(path: string): boolean {
    const [name, member] = path.split('.');
    const offer = this.#unit.exports.find((candidate) => candidate.name === name);
    if (offer === undefined) return false;
    if (offer.kind === 'dynamic') return true;
    if (offer.kind === 'function') return member === undefined;
    return member !== undefined && offer.members.includes(member);
  }

  #ask(head: (callId: number) => Head, parts: readonly (string | Uint8Array)[]): Promise<Encoded> {
    const runner = this.#open();
    this.#lastId += 1;
    const callId = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(callId, { resolve, reject });
      runner.send(head(callId), parts);
    });
  }

  #open(): RunnerProcess {
    if (this.#runner !== undefined) return this.#runner;
    const { jobId, projectId, program, limits, context } = this.#order;
    const runner = this.#fleet.vaultRunner(projectId);
    this.#runner = runner;
    runner.hold(jobId, this);
    const unit = `${program.id}:protected`;
    runner.load(unit, program.id, PROTECTED_FILENAME, this.#unit.code);
    const start: ProtectedStart = { context, limits: realmLimits(limits), secrets: this.#hooks.secrets() };
    const head = ['open', jobId, unit, limits.memoryBytes, limits.timeoutMs, limits.cpuMs];
    runner.send(head, [JSON.stringify(start)]);
    return runner;
  }

  frame([kind, , a, b, c, d, e]: Head, parts: readonly Uint8Array[]): void {
    switch (kind) {
      case 'log':
        this.#hooks.log(
          readLogLine(
            a,
            this.#hooks.mask(inAuthorsLines(this.#unit, PROTECTED_FILENAME, String(b))),
            c,
            'protected',
            this.#startedAt,
          ),
        );
        return;
      case 'call':
        this.#hostCall(Number(a), String(b), parts);
        return;
      case 'return':
        this.cpuMs = Number(b) || 0;
        this.#take(Number(a))?.resolve(toEncoded(parts));
        return;
      case 'throw':
        this.cpuMs = Number(b) || 0;
        this.#take(Number(a))?.reject(this.#error(String(c), String(d), String(e)));
        return;
      case 'limit':
        this.#onLimit(String(b), this.#hooks.mask(String(c)));
        return;
      case 'lost':
        this.lost('another job of this project used up the memory of its realm');
        return;
      default:
        this.#runner?.kill(`a vault runner sent ${String(kind)}`);
    }
  }

  lost(reason: string): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#runner = undefined;
    for (const call of waiting) {
      call.reject(new ProtectedError('Error', `Protected Code was stopped: ${reason}.`));
    }
  }

  #take(callId: number): Waiting | undefined {
    const waiting = this.#waiting.get(callId);
    this.#waiting.delete(callId);
    return waiting;
  }

  #error(name: string, message: string, stack: string): ProtectedError {
    const masked = this.#hooks.mask(message);
    const mapped = mapStack(this.#unit, PROTECTED_FILENAME, this.#hooks.mask(stack));
    return new ProtectedError(this.#hooks.mask(name), masked, mapped.stack);
  }

  #hostCall(callId: number, operation: string, parts: readonly Uint8Array[]): void {
    const answered = this.#hooks.call(operation, toEncoded(parts), 'protected');
    if (operation === 'log_outgoing_data') {
      this.#declaring.add(answered);
      answered.finally(() => this.#declaring.delete(answered)).catch(() => {});
    }
    const call = { runner: this.#runner, jobId: this.#order.jobId, callId };
    answerCall(call, answered, this.#hooks.mask);
  }
}
