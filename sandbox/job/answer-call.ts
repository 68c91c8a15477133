import type { RunnerProcess } from '../supervisor/runner-process.ts';
import type { Encoded } from '../types.ts';
import { toParts } from '../wire/encoded-parts.ts';

/** A call that a realm made out of one job. */
export interface OutgoingCall {
  readonly runner: RunnerProcess | undefined;
  readonly jobId: string;
  readonly callId: number;
  /** What the job's other side has used of the processor, once the call is answered, in milliseconds. */
  elsewhereMs(): number;
}

/** Tells the realm what became of its call: the value, or name and message of the error, the message through `mask`. */
export function answerCall(
  { runner, jobId, callId, elsewhereMs }: OutgoingCall,
  answered: Promise<Encoded>,
  mask: (message: string) => string = (message) => message,
): void {
  answered.then(
    (answer) => runner?.send(['settle', jobId, callId, elsewhereMs()], toParts(answer)),
    (error: unknown) => {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      runner?.send(['refuse', jobId, callId, elsewhereMs(), name, mask(message)]);
    },
  );
}
