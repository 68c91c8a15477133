import { createHmac, hash } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { uuidv7 } from '../../ids.ts';
import { deriveKey, type Keyring } from '../../keyring.ts';
import { openText, sealText } from '../../sealed/sealed-text.ts';
import type { SecretBox } from '../../secrets.ts';
import type { ErrandStore } from '../../store/errand-store.ts';
import { eitherEnds } from './either-ends.ts';
import type { Token, Wanted } from './tokens.ts';

/** A token that is not in the memory of this process. */
export interface SharedWanted extends Wanted {
  /** Whether a token from elsewhere can be used now. */
  isUsable(token: Token): Promise<boolean>;
}

/** Access tokens that the processes of one store fetch for each other. */
export interface SharedTokens {
  /**
   * The token that another process fetched, or else what `fetchToken` brings, which the others then have. Of a lane one process fetches at
   * a time; when it dies, another one does once its lease is over. Rejects with what `fetchToken` rejects with, with the reason of
   * the signal while it waits, and when the store cannot be used.
   */
  get(wanted: SharedWanted): Promise<Token>;
}

export interface SharedTokensDeps {
  readonly store: ErrandStore;
  readonly secretBox: SecretBox;
  readonly keyring: Keyring;
  readonly clock: Clock;
  /** Of the jobs of this process, in milliseconds. */
  readonly leaseMs: number;
}

/** Jobs wait for the errand of a process that died; a lease of jobs is longer than they should. */
const LONGEST_LEASE_MS = 10_000;
/** It is renewed so often in its time. */
const RENEWALS = 4;
/** Past it an errand is not renewed: its server will not answer any more. */
const LONGEST_ERRAND_MS = 120_000;
/** Who waits for another process looks so often. */
const LOOK_EVERY_MS = 100;
/** Of one project; past it those that end first are forgotten. */
const MOST_KEPT = 100;

export function sharedTokens({ store, secretBox, keyring, clock, leaseMs }: SharedTokensDeps): SharedTokens {
  const errandMs = Math.min(leaseMs, LONGEST_LEASE_MS);
  const idKey = deriveKey(keyring.keys[0], 'access tokens');
  /** Values of secrets are in the key of a token: nobody who reads the database shall be able to try which. */
  const tokenId = ({ key }: Wanted): string => createHmac('sha256', idKey).update(key).digest('hex');
  /** The same whatever key a process seals with, so that a refresh token is used by one of them also while keys are changed. */
  const errandId = (wanted: Wanted): string =>
    wanted.lane === undefined ? tokenId(wanted) : hash('sha256', wanted.lane);

  const hold = (id: string, holder: string): Promise<boolean> => {
    const now = clock.now();
    return store.holdErrand(id, holder, now, now + errandMs);
  };

  /** Undefined also when it cannot be opened: another token can always be fetched. */
  async function find(wanted: SharedWanted): Promise<Token | undefined> {
    const row = await store.getAccessToken(tokenId(wanted));
    if (row === undefined) return undefined;
    const token = opened(secretBox, row.id, row.sealed);
    return token !== undefined && (await wanted.isUsable(token)) ? token : undefined;
  }

  async function keep(wanted: SharedWanted, token: Token): Promise<void> {
    const id = tokenId(wanted);
    const sealed = sealText(secretBox, wanted.projectId, sealedAs(id), JSON.stringify(token));
    const row = { id, project_id: wanted.projectId, sealed, expires_at: token.until };
    // The token is good without it. Who does not find it fetches another one.
    await store.putAccessToken(row, clock.now(), MOST_KEPT).catch(() => {});
  }

  /** Goes on with the errand until the work ends. */
  async function during<Value>(id: string, holder: string, work: () => Promise<Value>): Promise<Value> {
    const last = clock.now() + LONGEST_ERRAND_MS;
    let isOver = false;
    let callOff = () => {};
    const renewLater = (): void => {
      callOff = clock.after(errandMs / RENEWALS, async () => {
        // Whoever takes it when it cannot be renewed finds the secret as it is by then.
        await hold(id, holder).catch(() => false);
        if (!isOver && clock.now() < last) renewLater();
      });
    };
    renewLater();
    try {
      return await work();
    } finally {
      isOver = true;
      callOff();
    }
  }

  return {
    async get(wanted) {
      const id = errandId(wanted);
      const holder = uuidv7(clock.now());
      for (;;) {
        wanted.signal.throwIfAborted();
        const isMine = await hold(id, holder);
        try {
          // Looked for after the errand began: who had it before has kept what they brought.
          const found = await find(wanted);
          if (found !== undefined) return found;
          if (isMine) {
            return await during(id, holder, async () => {
              const token = await wanted.fetchToken();
              await keep(wanted, token);
              return token;
            });
          }
        } finally {
          // It ends by itself when this cannot be written.
          if (isMine) await store.endErrand(id, holder).catch(() => {});
        }
        await eitherEnds(new Promise<void>((resolve) => clock.after(LOOK_EVERY_MS, resolve)), wanted.signal);
      }
    },
  };
}

/** A token that was put under another id does not open. */
const sealedAs = (id: string): string => `access token ${id}`;

function opened(box: SecretBox, id: string, sealed: string): Token | undefined {
  try {
    return Object.freeze(JSON.parse(openText(box, sealedAs(id), sealed)));
  } catch {
    return undefined;
  }
}
