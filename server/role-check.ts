import { AppError } from '../runtime/app-error.ts';
import type { Actor } from '../runtime/runtime.ts';
import type { Role } from '../runtime/words.ts';

/** Each role may do what the ones before it may. */
const ORDER: readonly Role[] = ['user', 'developer', 'manager'];

export const hasRole = (actor: Actor, needed: Role): boolean =>
  ORDER.indexOf(actor.role) >= ORDER.indexOf(needed);

/** The one place where a caller's role is compared with what a route needs. Throws 401 or 403. */
export function requireRole(actor: Actor | undefined, needed: Role): Actor {
  if (actor === undefined) {
    throw new AppError(
      'unauthorized',
      401,
      'This needs a valid token: send the header "Authorization: Bearer <token>".',
    );
  }
  if (hasRole(actor, needed)) return actor;
  throw new AppError(
    'forbidden',
    403,
    `This needs the role ${needed}; ${actor.name} has the role ${actor.role}. Ask a Manager.`,
  );
}
