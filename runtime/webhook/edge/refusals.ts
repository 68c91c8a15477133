import { messageOf } from '../../../sandbox/message-of.ts';
import type { DeliveryWrite, HookStore } from '../../store/hook-store.ts';
import { Rates } from './rates.ts';

/** Strangers may be refused as often as they like; so many of a trigger are written down, and so many of one address. */
const WRITTEN = { limit: 60, per: 20_000 } as const;
const WRITTEN_OF_ONE = { limit: 20, per: 20_000 } as const;
/** An operator is told of one of a trigger and a kind in this time. */
const TOLD = { limit: 1, per: 60_000 } as const;

export interface RefusalsDeps {
  readonly store: Pick<HookStore, 'appendDelivery'>;
  /** Told to the operator. */
  report(message: string): void;
}

/** Of one refused request. */
export interface RefusedRequest {
  readonly project: string;
  readonly trigger: string;
  readonly step: string;
  readonly remoteAddr: string;
  /** Null: an operator need not know. */
  readonly reason: string | null;
  readonly at: number;
}

/** Writes down and tells of refused requests, both at a bounded pace: refusing costs next to nothing, whoever asks for it. */
export class Refusals {
  readonly #deps: RefusalsDeps;
  readonly #written = new Rates();
  readonly #writtenOfOne = new Rates();
  readonly #told = new Rates();

  constructor(deps: RefusalsDeps) {
    this.#deps = deps;
  }

  /** `row` makes the delivery; it is not asked for one that is not written. Never rejects. */
  async add(refused: RefusedRequest, row: () => DeliveryWrite): Promise<void> {
    const { project, trigger, step, remoteAddr, reason, at } = refused;
    const name = `${project}/${trigger}`;
    if (reason !== null && this.#told.take(`${name}/${step}`, TOLD, at) === 0) {
      this.#deps.report(`Webhook ${trigger} of project ${project} refused a request: ${reason} (${step}).`);
    }
    if (this.#writtenOfOne.take(`${name}/${remoteAddr}`, WRITTEN_OF_ONE, at) > 0) return;
    if (this.#written.take(name, WRITTEN, at) > 0) return;
    try {
      await this.#deps.store.appendDelivery(row());
    } catch (error) {
      this.#deps.report(
        `A delivery to webhook ${trigger} of project ${project} could not be stored: ${messageOf(error)}`,
      );
    }
  }
}
