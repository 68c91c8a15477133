import type { ReadTerms } from '../runtime/store/read-terms.ts';
import type { Call } from './endpoint.ts';

/** A read for a request: people come in turn, and it ends when the caller has gone. */
export const termsOf = ({ actor, request }: Pick<Call, 'actor' | 'request'>): ReadTerms => ({
  caller: `api ${actor.id ?? ''}`,
  signal: request.signal,
});

/** Of a list that is sent whole: its pages take turns with other exports, not with what the same person reads meanwhile. */
export const exportTermsOf = (call: Pick<Call, 'actor' | 'request'>): ReadTerms => ({
  ...termsOf(call),
  caller: `export ${call.actor.id ?? ''}`,
});
