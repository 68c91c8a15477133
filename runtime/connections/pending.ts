import { hash, randomBytes } from 'node:crypto';
import type { Actor } from '../runtime.ts';

/** A connection that a person has begun at a provider, until they come back. */
export interface PendingConnection {
  readonly projectId: string;
  readonly slug: string;
  /** Of the secret that the refresh token becomes the value of. */
  readonly key: string;
  readonly tokenUrl: string;
  readonly clientId: string;
  /** Key of the secret that holds the client's secret; undefined for a client without one. */
  readonly clientSecret: string | undefined;
  /** Where that one stands: in `Authorization`, or in the body. */
  readonly clientAuth: 'basic' | 'body';
  /** Of PKCE; it is nowhere but here. */
  readonly verifier: string;
  readonly redirectUri: string;
  readonly actor: Actor;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Past it the oldest one is forgotten. */
const MOST = 1000;

/** Connections under way, in memory only: each is found once, by its state. */
export class PendingConnections {
  readonly #byState = new Map<string, PendingConnection>();

  /** Keeps it; gives its state, 128 random bits. */
  add(pending: PendingConnection): string {
    const state = randomBytes(16).toString('base64url');
    this.#byState.set(hash('sha256', state), pending);
    const [oldest] = this.#byState.keys();
    if (this.#byState.size > MOST && oldest !== undefined) this.#byState.delete(oldest);
    return state;
  }

  /** The one with this state, which ends with it; undefined when there is none, or its time is over. */
  take(state: string, now: number): PendingConnection | undefined {
    const id = hash('sha256', state);
    const found = this.#byState.get(id);
    this.#byState.delete(id);
    return found !== undefined && found.expiresAt > now ? found : undefined;
  }
}
