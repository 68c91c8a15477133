import { Turnstile } from '../turnstile.ts';
import { Conduct } from './conduct.ts';
import { Fleet } from './fleet.ts';
import type { RunnerProcess } from './runner-process.ts';

/** What a job meets on its way into a runner: its turn, what is known of its task, and the runners. */
export interface Supervisor {
  readonly turnstile: Turnstile;
  /** Of jobs that need a runner of their own. */
  readonly turnsAlone: Turnstile;
  readonly conduct: Conduct;
  readonly fleet: Fleet;
}

/** When a runner ends, a hundred jobs may need one of their own: as many processes at once would take the machine. */
const MOST_ALONE_OF_PROJECT = 4;
const MOST_ALONE = 16;

/** Starts the first runner; `makeRunner` makes each; `report`: told to the operator. */
export const createSupervisor = (
  makeRunner: () => RunnerProcess,
  report?: (message: string) => void,
): Supervisor => ({
  turnstile: new Turnstile(),
  turnsAlone: new Turnstile(MOST_ALONE_OF_PROJECT, MOST_ALONE),
  conduct: new Conduct(report),
  fleet: new Fleet(makeRunner),
});
