import type { Role } from '../runtime/words.ts';
import type { Endpoint, PublicCall } from './endpoint.ts';

export type Verb = 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';

interface Place {
  readonly verb: Verb;
  /** Parts that vary are written `:name`. */
  readonly path: string;
}

/** One line of the surface: where, the least role that may, and what happens. `public`: no login. */
export type SurfaceRow =
  | (Place & { readonly role: 'public'; readonly endpoint: Endpoint<PublicCall> })
  | (Place & { readonly role: Role; readonly endpoint: Endpoint });
