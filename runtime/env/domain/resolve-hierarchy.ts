import type { Model } from '../../store/record-store.ts';
import { idOf, isMissing } from './comparable.ts';
import { FALSE, type ResolvedDomain, type Term } from './condition.ts';
import { leaf, type Place } from './place.ts';
import { shown, validationError } from './refusal.ts';

/** `child_of` and `parent_of`, by the field `parent_id`. Throws an Error named `ValidationError`. */
export function resolveHierarchy(
  direction: 'child_of' | 'parent_of',
  term: Term,
  place: Place,
): ResolvedDomain {
  const { field, target } = place;
  const path = term.path.join('.');
  if (field.name !== 'id' && field.type !== 'many2one') {
    throw validationError(`"${direction}" is for id and many2one fields, and ${path} is ${field.type}.`);
  }
  const given: readonly unknown[] = Array.isArray(term.value) ? term.value : [term.value];
  const ids = given
    .filter((item) => !isMissing(item))
    .map((item) => {
      const id = idOf(item);
      if (id !== undefined) return id;
      throw validationError(
        `"${direction}" on field ${path} takes an id or a list of ids, not ${shown(item)}. Search for the records first.`,
      );
    });
  checkParent(target, direction);
  if (ids.length === 0) return FALSE;
  const distinct = [...new Set(ids)];
  return leaf(place, {
    kind: 'hierarchy',
    direction,
    ids: distinct,
    model: target.number,
    parent: 'parent_id',
  });
}

function checkParent({ name, strict, fields }: Model, direction: string): void {
  const parent = fields.get('parent_id');
  if (parent === undefined ? !strict : parent.type === 'many2one' && parent.relation === name) return;
  const is =
    parent === undefined ? 'it does not exist' : `it is ${parent.type} ${parent.relation ?? ''}`.trimEnd();
  throw validationError(
    `"${direction}" goes by the field parent_id of ${name}, which has to be a many2one to ${name} itself; ${is}.`,
  );
}
