import { messageOf } from '../../sandbox/message-of.ts';
import type { Diagnostic } from '../../sandbox/types.ts';
import { parseDomain } from '../env/domain/parse-domain.ts';
import { resolveDomain } from '../env/domain/resolve-domain.ts';
import { mergeModel } from '../env/models/merge-model.ts';
import type { FieldSpec, Model, ModelDeclaration, RecordStore } from '../store/record-store.ts';
import type { DbTrigger, Manifest } from './manifest.ts';
import type { Path, YamlSource } from './yaml-source.ts';

type Models = Pick<RecordStore, 'loadModel' | 'originOfModel'>;
type Field = ModelDeclaration['fields'][number];

/** What is wrong with the models of a project and with the domains of its triggers, given what is stored and what other projects declare. */
export async function checkRecords(
  manifest: Manifest,
  source: YamlSource,
  store: Models,
): Promise<Diagnostic[]> {
  const found: Diagnostic[] = [];
  for (const [index, declaration] of manifest.models.entries()) {
    found.push(...(await checkDeclaration(manifest.slug, declaration, ['models', index], source, store)));
  }
  found.push(...checkCounts(manifest, source));
  if (found.length > 0) return found;
  const load = (name: string) => modelAfter(manifest, name, store);
  for (const [taskIndex, task] of manifest.tasks.entries()) {
    for (const [index, trigger] of task.triggers.entries()) {
      if (trigger.type !== 'db') continue;
      const path: Path = ['tasks', taskIndex, 'triggers', index];
      found.push(...(await checkTrigger(trigger, path, source, load)));
    }
  }
  return found;
}

/** Whoever writes a record pays for all triggers on its model. */
const MOST_TRIGGERS = 20;

function checkCounts({ tasks }: Manifest, source: YamlSource): Diagnostic[] {
  const counts = new Map<string, number>();
  return tasks.flatMap((task, taskIndex) =>
    task.triggers.flatMap((trigger, index) => {
      if (trigger.type !== 'db') return [];
      const count = (counts.get(trigger.model) ?? 0) + 1;
      counts.set(trigger.model, count);
      if (count !== MOST_TRIGGERS + 1) return [];
      const message = `trigger "${trigger.name}" is one more than the ${MOST_TRIGGERS} db triggers that a project has on one model (${trigger.model}): let one of them do several things`;
      return [source.at(['tasks', taskIndex, 'triggers', index], message)];
    }),
  );
}

/** The model as it will be once this project is deployed. */
async function modelAfter(manifest: Manifest, name: string, store: Models): Promise<Model> {
  const { declared, learned } = await store.originOfModel(name);
  const others = declared.filter(({ project }) => project !== manifest.slug);
  const own = manifest.models.filter((model) => model.name === name);
  const number = (await store.loadModel(name))?.number ?? 0;
  return mergeModel({
    name,
    number,
    declared: [...others.map(({ declaration }) => declaration), ...own],
    learned,
  });
}

async function checkDeclaration(
  slug: string,
  { name, fields }: ModelDeclaration,
  path: Path,
  source: YamlSource,
  store: Models,
): Promise<Diagnostic[]> {
  const { declared, learned } = await store.originOfModel(name);
  const others = declared.filter(({ project }) => project !== slug);
  const builtIn = mergeModel({ name, number: 0, declared: [], learned: [] });
  return fields.flatMap((field, index) => {
    const at = (message: string) => [
      source.at([...path, 'fields', index], `${name}.${field.name} ${message}`),
    ];
    const own = builtIn.fields.get(field.name);
    if (own !== undefined && !isSame(own, field)) {
      return at(`is ${typeOf(own)} in Sluice itself, not ${typeOf(field)}`);
    }
    const other = others.find(({ declaration }) =>
      declaration.fields.some((each) => each.name === field.name && !isSame(each, field)),
    );
    if (other !== undefined)
      return at(`is declared otherwise by the project "${other.project}". Agree on one type`);
    const seen = learned.find((each) => each.name === field.name);
    if (seen === undefined || isKeptAlike(seen, field)) return [];
    return at(`holds values already that are ${typeOf(seen)}, so it cannot become ${typeOf(field)}`);
  });
}

const isSame = (one: Field, other: Field): boolean =>
  one.type === other.type &&
  one.relation === other.relation &&
  JSON.stringify(one.selection) === JSON.stringify(other.selection);

/** Values that were learned as one type are kept as those of the other would be. */
function isKeptAlike(learned: FieldSpec, { type, relation }: Field): boolean {
  if (learned.type === type) return learned.relation === relation;
  if (learned.type === 'char') return type === 'text' || type === 'html' || type === 'selection';
  return learned.type === 'float' && type === 'integer';
}

const typeOf = ({ type, relation }: Field): string => (relation === null ? type : `${type} to ${relation}`);

async function checkTrigger(
  trigger: DbTrigger,
  path: Path,
  source: YamlSource,
  load: (name: string) => Promise<Model>,
): Promise<Diagnostic[]> {
  const found: Diagnostic[] = [];
  const say = (key: string, message: string) =>
    found.push(source.at([...path, key], `${key} of trigger "${trigger.name}": ${message}`));
  for (const key of ['apply_on', 'before_update'] as const) {
    try {
      await resolveDomain(parseDomain(trigger[key]), trigger.model, load);
    } catch (error) {
      say(key, messageOf(error));
    }
  }
  const model = await load(trigger.model);
  for (const name of trigger.watched_fields) {
    if (model.strict && !model.fields.has(name))
      say('watched_fields', `${trigger.model} has no field ${name}`);
  }
  if (trigger.field === null) return found;
  const field = model.fields.get(trigger.field);
  const isTime = trigger.field === 'create_date' || trigger.field === 'write_date';
  if (field === undefined && model.strict && !isTime)
    say('field', `${trigger.model} has no field ${trigger.field}`);
  if (field !== undefined && field.type !== 'date' && field.type !== 'datetime') {
    say(
      'field',
      `${trigger.model}.${trigger.field} is ${field.type}, and a time is needed: date or datetime`,
    );
  }
  return found;
}
