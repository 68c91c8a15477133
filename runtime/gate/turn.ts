import type { RateSpec } from '../project/manifest.ts';
import { BusyError } from './busy-error.ts';
import type { Crossing } from './crossing.ts';
import { type Destination, fullName } from './destination.ts';
import type { Answer } from './exchange.ts';
import type { FetchRequest } from './fetch-request.ts';
import { requestRow } from './ledger-rows.ts';
import { pauseOf } from './retry-after.ts';
import { writeBefore } from './write-ledger.ts';

/**
 * Waits until a request may begin: for its host's rate and pause first, then for a place among the requests under way, so
 * that those to a slow host keep none of the others from leaving. Resolves with what gives the place back. Throws the
 * signal's reason, or a `BusyError` for what would wait too long; that leaves a row.
 */
export async function takeTurn(
  crossing: Crossing,
  request: FetchRequest,
  rates: readonly RateSpec[],
): Promise<() => void> {
  const { pauses, signal, masker } = crossing;
  try {
    await pauses.turn(projectOf(crossing), fullName(request.destination), rates, signal);
    return await takeSlots(crossing);
  } catch (error) {
    if (error instanceof BusyError) {
      await writeBefore(
        crossing,
        await requestRow(crossing, request, { blocked: masker.mask(error.message) }),
      );
    }
    throw error;
  }
}

async function takeSlots(crossing: Crossing): Promise<() => void> {
  const { origin, signal, jobSlots, projectSlots } = crossing;
  const leaveJob = await jobSlots.take(origin.jobId ?? projectOf(crossing), signal);
  try {
    const leaveProject = await projectSlots.take(projectOf(crossing), signal);
    return () => {
      leaveProject();
      leaveJob();
    };
  } catch (error) {
    leaveJob();
    throw error;
  }
}

/** Holds the project's next requests to the place back when its answer asks for that. */
export function heedRetryAfter(crossing: Crossing, destination: Destination, answer: Answer): void {
  const pause = pauseOf(answer.status, answer.headers, crossing.now());
  if (pause > 0) crossing.pauses.pause(projectOf(crossing), fullName(destination), pause);
}

const projectOf = ({ origin }: Crossing): string => origin.project.project.id;
