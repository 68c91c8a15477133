import { Conduct } from './conduct.ts';
import { Fleet } from './fleet.ts';
import type { RunnerProcess } from './runner-process.ts';
import { Turnstile } from './turnstile.ts';

/** What a job meets on its way into a runner: its turn, what is known of its task, and the runners. */
export interface Supervisor {
  readonly turnstile: Turnstile;
  readonly conduct: Conduct;
  readonly fleet: Fleet;
}

/** Starts the first runner; `makeRunner` makes each. */
export const createSupervisor = (makeRunner: () => RunnerProcess): Supervisor => ({
  turnstile: new Turnstile(),
  conduct: new Conduct(),
  fleet: new Fleet(makeRunner),
});
