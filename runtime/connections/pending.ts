import { hash, randomBytes } from 'node:crypto';
import type { Actor } from '../runtime.ts';
import { openText, sealText } from '../sealed/sealed-text.ts';
import type { SecretBox } from '../secrets.ts';
import type { ConnectionStore } from '../store/connection-store.ts';

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
/** What it is sealed as: no secret has such a key. */
const SEALED_AS = 'begun connection';

export interface PendingDeps {
  readonly store: ConnectionStore;
  readonly secretBox: SecretBox;
}

/** Connections under way, sealed in the store, so that a person may come back to another node: each is found once, by its state. */
export class PendingConnections {
  readonly #deps: PendingDeps;

  constructor(deps: PendingDeps) {
    this.#deps = deps;
  }

  /** Keeps it; resolves with its state, 128 random bits. */
  async add(pending: PendingConnection, now: number): Promise<string> {
    const { store, secretBox } = this.#deps;
    const state = randomBytes(16).toString('base64url');
    const { projectId, expiresAt } = pending;
    const sealed = sealText(secretBox, projectId, SEALED_AS, JSON.stringify(pending));
    await store.putBegun({ id: hash('sha256', state), sealed, expires_at: expiresAt }, now, MOST);
    return state;
  }

  /** The one with this state, which ends with it; undefined when there is none, or its time is over. */
  async take(state: string, now: number): Promise<PendingConnection | undefined> {
    const found = await this.#deps.store.takeBegun(hash('sha256', state));
    if (found === undefined || found.expires_at <= now) return undefined;
    return JSON.parse(openText(this.#deps.secretBox, SEALED_AS, found.sealed));
  }
}
