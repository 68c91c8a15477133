import type { FieldSpec, Model } from '../../store/record-store.ts';
import type { ParsedDomain, ResolvedDomain, Step, Term } from './condition.ts';
import { fieldLike, findField, stepLike, unknownModel } from './find-field.ts';
import type { Place } from './place.ts';
import { validationError } from './refusal.ts';
import { resolveTerm } from './resolve-term.ts';

/** A model by its name; undefined for one that nobody has declared and that holds nothing. */
export type LoadModel = (name: string) => Promise<Model | undefined>;

/**
 * Checks a domain on records of `modelName` against the models that it speaks of, and brings its values into the form in which values are
 * kept. A field that is missing in a model which is not strict is a missing value. Throws an Error named `ValidationError` that names
 * field, model and value. Each model is loaded once.
 */
export async function resolveDomain(
  domain: ParsedDomain,
  modelName: string,
  load: LoadModel,
): Promise<ResolvedDomain> {
  const models = new Map<string, Model>();
  const modelOf = async (name: string | null): Promise<Model> => {
    if (name === null) return unknownModel('');
    const model = models.get(name) ?? (await load(name)) ?? unknownModel(name);
    models.set(name, model);
    return model;
  };
  return resolved(domain, await modelOf(modelName), modelOf);
}

type ModelOf = (name: string | null) => Promise<Model>;

async function resolved(tree: ParsedDomain, model: Model, modelOf: ModelOf): Promise<ResolvedDomain> {
  switch (tree.kind) {
    case 'leaf':
      return resolveTerm(tree.leaf, await placeOf(tree.leaf, model, modelOf));
    case 'not':
      return { kind: 'not', of: await resolved(tree.of, model, modelOf) };
    default: {
      const of: ResolvedDomain[] = [];
      for (const part of tree.of) of.push(await resolved(part, model, modelOf));
      return { kind: tree.kind, of };
    }
  }
}

async function placeOf(term: Term, root: Model, modelOf: ModelOf): Promise<Place> {
  const steps: Step[] = [];
  let model = root;
  for (const name of term.path.slice(0, -1)) {
    const field = findField(model, name) ?? stepLike(name);
    if (field.type !== 'many2one') throw noWay(field, model, term);
    model = await modelOf(field.relation);
    steps.push({ field, model: model.number });
  }
  const name = term.path.at(-1) ?? '';
  const field = findField(model, name) ?? fieldLike(term, name);
  const target = field.type === 'many2one' ? await modelOf(field.relation) : model;
  return { steps, field, target };
}

function noWay(field: FieldSpec, model: Model, term: Term): Error {
  return validationError(
    `The path ${term.path.join('.')} leads through ${field.name} of ${model.name}, which is ${field.type}: only many2one fields lead to another record.`,
  );
}
