import { BUILT_IN_MODELS } from '../../../env/models/built-in.ts';
import { learnedField, mergeModel } from '../../../env/models/merge-model.ts';
import type { FieldSpec, FieldType, Model, ModelOrigin } from '../../record-store.ts';
import type { Session } from '../database/session.ts';

interface StoredModel {
  readonly name: string;
  /** Null: nothing is stored of it. */
  readonly number: number | null;
  readonly learned: readonly {
    readonly name: string;
    readonly type: FieldType;
    readonly relation: string | null;
  }[];
  readonly declared: readonly {
    readonly project: string;
    readonly strict: number;
    readonly fields: string;
  }[];
}

/** Undefined when nobody declared it and nothing was stored of it. Any node may change it at any time, so it is always asked for. */
export async function loadModel(session: Session, name: string): Promise<Model | undefined> {
  const [stored] = await session.rows<StoredModel>(LOAD, [[name]]);
  return stored === undefined ? undefined : modelOf(stored);
}

export async function listModels(session: Session): Promise<readonly Model[]> {
  const rows = await session.rows<StoredModel>(LIST, [BUILT_IN_NAMES]);
  const models = rows.map(modelOf).filter((model) => model !== undefined);
  return models.sort((one, other) => (one.name < other.name ? -1 : 1));
}

export async function originOfModel(session: Session, name: string): Promise<ModelOrigin> {
  const [stored] = await session.rows<StoredModel>(LOAD, [[name]]);
  return stored === undefined ? { declared: [], learned: [] } : originIn(stored);
}

/** Names of the models that the project declares. */
export async function declaredBy(session: Session, projectId: string): Promise<readonly string[]> {
  const rows = await session.rows<{ model: string }>(DECLARED_BY, [projectId]);
  return rows.map(({ model }) => model);
}

function modelOf(stored: StoredModel): Model | undefined {
  const { name, number } = stored;
  if (number === null && stored.declared.length === 0 && !BUILT_IN_NAMES.includes(name)) return undefined;
  const { declared, learned } = originIn(stored);
  const declarations = declared.map(({ declaration }) => declaration);
  return mergeModel({ name, number: number ?? 0, declared: declarations, learned });
}

const originIn = ({ name, learned, declared }: StoredModel): ModelOrigin => ({
  declared: declared.map(({ project, strict, fields }) => ({
    project,
    declaration: { name, strict: strict === 1, fields: JSON.parse(fields) as FieldSpec[] },
  })),
  learned: learned.map((field) => learnedField(field.name, field.type, field.relation)),
});

const BUILT_IN_NAMES: readonly string[] = BUILT_IN_MODELS.map(({ name }) => name);

const modelsNamed = (names: string): string => `
SELECT wanted.name,
  (SELECT number FROM models WHERE models.name = wanted.name) AS number,
  coalesce((SELECT json_agg(json_build_object('name', name, 'type', type, 'relation', relation) ORDER BY name)
    FROM model_fields WHERE model = wanted.name), '[]') AS learned,
  coalesce((SELECT json_agg(json_build_object('project', slug, 'strict', strict, 'fields', fields) ORDER BY project_id)
    FROM model_declarations JOIN projects ON projects.id = project_id WHERE model = wanted.name), '[]') AS declared
FROM (${names}) AS wanted`;

const LOAD = { name: 'load models', text: modelsNamed('SELECT unnest($1::text[]) COLLATE "C" AS name') };
const LIST = {
  name: 'list models',
  text: modelsNamed(
    'SELECT name FROM models UNION SELECT model FROM model_declarations UNION SELECT unnest($1::text[]) COLLATE "C"',
  ),
};
const DECLARED_BY = {
  name: 'models declared by',
  text: 'SELECT model FROM model_declarations WHERE project_id = $1 ORDER BY model',
};
