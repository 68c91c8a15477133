import type { HttpRequestData, Pairs } from '../../../sandbox/types.ts';
import type { FoundTrigger } from '../../catalog.ts';
import { masksOf } from '../../mask/project-masks.ts';
import type { HookAnswer } from '../../runtime.ts';
import type { HookStore, HookWrite, TakenId } from '../../store/hook-store.ts';
import { plainAnswer } from '../judge-answer.ts';
import type { RequestBox } from '../sealed-request.ts';
import { type Authenticity, authenticate, isShown } from './authenticate.ts';
import type { DeliveriesUnderWay } from './deliveries-under-way.ts';
import { type Delivered, deliveryRow, type Step, type StepName } from './delivery.ts';
import { deliveryMarks } from './delivery-id.ts';
import type { Edge } from './edge.ts';
import type { HookHead } from './head.ts';
import type { Rates } from './rates.ts';
import type { Refusals } from './refusals.ts';

export interface VisitDeps {
  readonly store: Pick<HookStore, 'isTaken'>;
  readonly box: Pick<RequestBox, 'seal'>;
  readonly rates: Rates;
  readonly refusals: Refusals;
  readonly underWay: DeliveriesUnderWay;
  /** False: the door says already how browsers have to take answers. */
  readonly ownOrigin: boolean;
  now(): number;
}

/** A caller that comes while its delivery runs already may ask again after so many seconds. */
const COME_AGAIN = 5;
const NOTHING = new Uint8Array(0);
const LONGEST_CHALLENGE = 1024;
const TAKEN = 'this delivery was taken before';
const TAKEN_CONTENT = 'the same signed body was taken before, with another id or without one';

/**
 * One request to a webhook that checks its callers: what is asked of it, in the order in which it comes in. Each question is
 * answered with the refusal, which is written down by then, or with undefined: go on. Nothing of it has made a job before.
 *
 *     judgeHead -> (the body is read) -> judgeBody -> (it is taken apart) -> the job, which writes `end` -> leave
 */
export class HookVisit {
  readonly found: FoundTrigger;
  readonly edge: Edge;
  readonly head: HookHead;
  readonly #deps: VisitDeps;
  readonly #at: number;
  readonly #steps: Step[] = [];
  #body: Uint8Array = NOTHING;
  /** Of a caller that shows a secret itself: known before the body. */
  #sender: Authenticity | undefined;
  #taken: readonly TakenId[] = [];
  #leave = () => {};

  constructor(deps: VisitDeps, found: FoundTrigger, edge: Edge, head: HookHead) {
    this.#deps = deps;
    this.found = found;
    this.edge = edge;
    this.head = head;
    this.#at = deps.now();
  }

  /**
   * Method and source, and the secret where callers show it itself: nothing is held in memory for strangers then. Answers the
   * question by which Dropbox makes sure of an address.
   */
  async judgeHead(): Promise<HookAnswer | undefined> {
    const { edge, head } = this;
    const challenge = challengeOf(edge, head);
    if (edge.methods !== undefined && challenge === undefined && !edge.methods.includes(head.method)) {
      const allow: Pairs = [['Allow', edge.methods.join(', ')]];
      return this.#refuse('method', 405, `the method ${head.method} is not taken`, allow);
    }
    this.#pass('method');
    if (edge.allows !== undefined && !edge.allows(head.remote_addr)) {
      return this.#refuse('source', 403, `${head.remote_addr} is not in allow_from`);
    }
    this.#pass('source');
    if (challenge === undefined) return isShown(edge.auth) ? this.#judgeSender() : undefined;
    await this.#write('authentication', 'answered with the challenge of Dropbox', 200, true);
    const { headers } = plainAnswer(200, '');
    const more: Pairs = this.#deps.ownOrigin ? [['X-Content-Type-Options', 'nosniff']] : [];
    return { status: 200, headers: [...headers, ...more], body: challenge };
  }

  /** Authentication, repetition and rate. */
  async judgeBody(body: Uint8Array): Promise<HookAnswer | undefined> {
    this.#body = body;
    this.#pass('size', `${body.byteLength} bytes`);
    const { auth } = this.edge;
    const judged = this.#sender ?? (await this.#authenticate());
    if (!judged.ok) return this.#refuseSender(judged);
    this.#pass('authentication', auth.type === 'none' ? 'none is asked for' : null);
    return (await this.#judgeRepetition(judged)) ?? this.#judgeRate();
  }

  /** The body could not be read or taken apart; the door answers this status by itself. */
  async refused(status: number, reason: string): Promise<void> {
    await this.#write(status === 413 ? 'size' : 'body', reason, status);
  }

  /** What is to be written with the job. An id that was answered with a failure may come again. */
  end(ended: {
    readonly job: string;
    readonly status: number;
    readonly failed: boolean;
    readonly request: HttpRequestData;
  }): HookWrite {
    const isTaken = ended.status < 400;
    const note = this.edge.queued ? 'queued' : `answered ${ended.status}`;
    const steps: readonly Step[] = [...this.#steps, { step: 'handler', ok: isTaken, note }];
    return {
      taken: isTaken ? this.#taken.map((taken) => ({ ...taken, at: this.#deps.now() })) : [],
      delivery:
        this.edge.keep === 0 ? null : deliveryRow(this.#deps.box, this.#delivered({ ...ended, steps })),
    };
  }

  /** The request is over, however. */
  leave(): void {
    this.#leave();
  }

  #authenticate(): Promise<Authenticity> {
    const { secrets } = this.found.project;
    return authenticate(this.edge.auth, secrets, this.head, this.#body, this.#deps.now());
  }

  async #judgeSender(): Promise<HookAnswer | undefined> {
    const judged = await this.#authenticate();
    this.#sender = judged;
    return judged.ok ? undefined : this.#refuseSender(judged);
  }

  #refuseSender({ step, reason }: Extract<Authenticity, { ok: false }>): Promise<HookAnswer> {
    if (step === 'timestamp') this.#pass('authentication');
    return this.#refuse(step, 401, reason, ASKS[this.edge.auth.type] ?? []);
  }

  async #judgeRepetition({ digest }: Extract<Authenticity, { ok: true }>): Promise<HookAnswer | undefined> {
    const { project } = this.found.project;
    const { repetitions, auth } = this.edge;
    const { id, content } = deliveryMarks(repetitions, auth.type, {
      head: this.head,
      body: this.#body,
      digest,
    });
    const hashes = [id, content].filter((hash) => hash !== null);
    const { name } = this.found.trigger.spec;
    this.#taken = hashes.map((hash) => ({ project_id: project.id, name, hash, at: this.#at }));
    // Before it is asked what was taken: in between another one could begin, or be answered.
    const keys = hashes.map((hash) => `${project.id}/${name}/${hash}`);
    const isFirst = this.edge.queued || (await this.#begin(keys));
    for (const taken of this.#taken) {
      if (await this.#deps.store.isTaken(taken))
        return this.repeated(taken.hash === id ? TAKEN : TAKEN_CONTENT);
    }
    if (!isFirst) {
      const again: Pairs = [['Retry-After', String(COME_AGAIN)]];
      return this.#refuse('duplicate', 409, 'the same delivery is being handled', again);
    }
    this.#pass('duplicate', hashes.length === 0 ? 'has no id' : null);
    return undefined;
  }

  /** False when another visit, here or at another process, has begun with one of them and not ended. */
  async #begin(keys: readonly string[]): Promise<boolean> {
    const end = await this.#deps.underWay.begin(keys);
    if (end !== undefined) this.#leave = end;
    return end !== undefined;
  }

  async #judgeRate(): Promise<HookAnswer | undefined> {
    const { rate } = this.edge;
    if (rate === null) return undefined;
    const name = `${this.found.project.project.id}/${this.found.trigger.spec.name}`;
    const seconds = this.#deps.rates.take(name, rate, this.#deps.now());
    if (seconds === 0) {
      this.#pass('rate');
      return undefined;
    }
    const reason = `more than ${rate.limit} in ${rate.per / 1000} s`;
    return this.#refuse('rate', 429, reason, [['Retry-After', String(seconds)]]);
  }

  /** It was taken before: a success, so that its sender does not come again. */
  async repeated(reason: string = TAKEN): Promise<HookAnswer> {
    await this.#write('duplicate', reason, 200);
    return plainAnswer(200, 'This delivery was received before.\n');
  }

  #pass(step: StepName, note: string | null = null): void {
    this.#steps.push({ step, ok: true, note });
  }

  async #refuse(step: StepName, status: number, reason: string, more: Pairs = []): Promise<HookAnswer> {
    await this.#write(step, reason, status);
    const { headers, ...answer } = plainAnswer(status, TEXTS[status] ?? 'The request was refused.\n');
    return { ...answer, headers: [...headers, ...more] };
  }

  /** One that no job is made of. */
  async #write(step: StepName, reason: string, status: number, ok = false): Promise<void> {
    const { project } = this.found;
    const { name } = this.found.trigger.spec;
    this.#steps.push({ step, ok, note: reason });
    const refusal = {
      project: project.project.slug,
      trigger: name,
      step,
      remoteAddr: this.head.remote_addr,
      reason: ok || step === 'duplicate' ? null : masksOf(project).stored.mask(reason),
      at: this.#deps.now(),
    };
    const row = () =>
      deliveryRow(
        this.#deps.box,
        this.#delivered({ steps: this.#steps, status, job: null, request: null, failed: true }),
      );
    await this.#deps.refusals.add(refusal, row);
  }

  #delivered(ended: Pick<Delivered, 'steps' | 'status' | 'job' | 'request' | 'failed'>): Delivered {
    return {
      ...ended,
      live: this.found.project,
      name: this.found.trigger.spec.name,
      edge: this.edge,
      head: this.head,
      body: this.#body,
      at: this.#at,
      again: null,
    };
  }
}

/** What a stranger may know. */
const TEXTS: Readonly<Record<number, string>> = {
  401: 'Not authenticated.\n',
  403: 'Not allowed.\n',
  405: 'This webhook does not take this method.\n',
  409: 'This delivery is being handled. Ask again in a moment.\n',
  429: 'Too many requests.\n',
};

const ASKS: Readonly<Partial<Record<string, Pairs>>> = {
  basic: [['WWW-Authenticate', 'Basic realm="webhook", charset="UTF-8"']],
  bearer: [['WWW-Authenticate', 'Bearer']],
};

/** What Dropbox wants to have back; undefined when this is no such question. */
function challengeOf({ auth }: Edge, { method, args }: HookHead): string | undefined {
  if (auth.type !== 'dropbox' || method !== 'GET') return undefined;
  const [challenge, ...others] = args.filter(([name]) => name === 'challenge');
  if (challenge === undefined || others.length > 0 || challenge[1].length > LONGEST_CHALLENGE)
    return undefined;
  return challenge[1];
}
