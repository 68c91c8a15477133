import type { RegisterPlace, RegisterStore } from '../../register-store.ts';
import {
  deleteStep,
  incrementStep,
  type RegisterState,
  type RegisterStep,
  setStep,
  validPlace,
} from '../../rules/register-rules.ts';
import { batches } from '../database/batches.ts';
import type { Database } from '../database/database.ts';
import { postgresRegisterReads } from './register-reads.ts';
import { type RegisterWrite, takeRegisterWrites } from './register-writes.ts';

const MOST_AT_ONCE = 50;
/** More would only wait for each other, each on a connection that others need. */
const PARALLEL = 2;

/** Values by register and key. */
export function postgresRegisters(database: Database): RegisterStore {
  const writing = batches<RegisterWrite, unknown>({
    write: (writes) => database.transact((session) => takeRegisterWrites(session, writes)),
    most: MOST_AT_ONCE,
    parallel: PARALLEL,
  });

  async function write<Answer>(
    place: RegisterPlace,
    judge: (state: RegisterState) => RegisterStep<Answer>,
    isOfValue = false,
  ): Promise<Answer> {
    return (await writing.add({ place: validPlace(place), judge, isOfValue })) as Answer;
  }

  return {
    ...postgresRegisterReads(database),

    setRegister: (given) => write(given, (state) => setStep(given, state)),
    incrementRegister: (given) => write(given, (state) => incrementStep(given, state), true),
    deleteRegister: (given) => write(given, (state) => deleteStep(given, state)),
  };
}
