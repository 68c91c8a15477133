import { AppError } from '../../runtime/app-error.ts';
import type { Actor } from '../../runtime/runtime.ts';
import type { Role } from '../../runtime/words.ts';
import { compileProgram } from '../../sandbox/compile/compile-program.ts';

/** The real compiler, in this process. */
export const compiler = { compile: compileProgram };

export const actor = (role: Role): Actor => ({ id: `id-${role}`, name: `The ${role}`, login: role, role });

export interface Refusal {
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly details: unknown;
}

/** The error that the promise is rejected with; fails the test when it is not an `AppError`. */
export async function refusal(promise: Promise<unknown>): Promise<Refusal> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AppError)) throw new Error(`expected a refusal, got ${String(error)}`);
  const { code, status, message, details } = error;
  return { code, status, message, details };
}
