import type { FieldSpec, Model } from '../../store/record-store.ts';
import type { ResolvedDomain, Step, Test } from './condition.ts';

/** What the path of a term leads to. */
export interface Place {
  readonly steps: readonly Step[];
  readonly field: FieldSpec;
  /** The model that a many2one points to; of every other field the model that has it. */
  readonly target: Model;
}

/** A test of what is at the place. */
export function leaf({ steps, field }: Place, test: Test, orNull = false): ResolvedDomain {
  return { kind: 'leaf', leaf: { steps, field, test, orNull } };
}
