import type Database from 'better-sqlite3';
import { BUILT_IN_MODELS } from '../../../env/models/built-in.ts';
import { learnedField, mergeModel } from '../../../env/models/merge-model.ts';
import type { FieldSpec, FieldType, Model, ModelDeclaration, ModelOrigin } from '../../record-store.ts';
import type { Commits } from '../database/group-commit.ts';
import type { RecordTables } from './tables.ts';

interface StoredModel {
  readonly number: number;
  readonly last_id: number;
}

/** Models as the store knows them. What is not marked otherwise runs within a transaction only. */
export interface Models {
  /** At any time. Undefined when nobody declared it and nothing was stored of it. */
  load(name: string): Model | undefined;
  /** At any time. */
  list(): readonly Model[];
  /** The number of a model, which it gets with its table when it has none. */
  numberOf(name: string): number;
  /** False when the field is there already and says something else. */
  learn(model: string, field: FieldSpec): boolean;
  keepLastId(number: number, id: number): void;
  /** At any time; null for a model that has no number. */
  lastId(name: string): number | null;
  /** Puts a project's declarations in the place of those it had. */
  declare(projectId: string, models: readonly ModelDeclaration[]): void;
  /** At any time. */
  origin(model: string): ModelOrigin;
  /** After something that took declarations away in another way. */
  reindex(models: readonly string[]): void;
  /** What was written of models may have been undone. */
  forget(): void;
  /** Names of the models that the project declares. */
  declaredBy(projectId: string): readonly string[];
}

export function sqliteModels(db: Database.Database, commits: Commits, tables: RecordTables): Models {
  const find = db.prepare<[string], StoredModel>('SELECT number, last_id FROM models WHERE name = ?');
  const names = db
    .prepare<[], string>('SELECT name FROM models UNION SELECT model FROM model_declarations ORDER BY 1')
    .pluck();
  const insert = db.prepare<[string], { readonly number: number }>(
    'INSERT INTO models (name, last_id) VALUES (?, 0) RETURNING number',
  );
  const raise = db.prepare('UPDATE models SET last_id = max(last_id, ?) WHERE number = ?');
  const learned = db.prepare<
    [string],
    { readonly name: string; readonly type: FieldType; readonly relation: string | null }
  >('SELECT name, type, relation FROM model_fields WHERE model = ? ORDER BY name');
  const addField = db.prepare('INSERT INTO model_fields (model, name, type, relation) VALUES (?, ?, ?, ?)');
  const declared = db.prepare<
    [string],
    { readonly project: string; readonly strict: number; readonly fields: string }
  >(
    `SELECT slug AS project, strict, fields FROM model_declarations JOIN projects ON projects.id = project_id
     WHERE model = ? ORDER BY project_id`,
  );
  const ofProject = db
    .prepare<[string], string>('SELECT model FROM model_declarations WHERE project_id = ? ORDER BY model')
    .pluck();
  const undeclare = db.prepare('DELETE FROM model_declarations WHERE project_id = ?');
  const putDeclaration = db.prepare(
    'INSERT INTO model_declarations (project_id, model, strict, fields) VALUES (?, ?, ?, ?)',
  );
  const known = new Map<string, Model>();

  const forget = (): void => known.clear();
  commits.follow({ begin() {}, committed() {}, undone: forget });

  function origin(model: string): ModelOrigin {
    return {
      declared: declared.all(model).map(({ project, strict, fields }) => ({
        project,
        declaration: { name: model, strict: strict === 1, fields: JSON.parse(fields) },
      })),
      learned: learned.all(model).map(({ name, type, relation }) => learnedField(name, type, relation)),
    };
  }

  function read(name: string): Model | undefined {
    const number = find.get(name)?.number ?? 0;
    const parts = origin(name);
    if (number === 0 && parts.declared.length === 0 && !BUILT_IN_NAMES.has(name)) return undefined;
    const declarations = parts.declared.map(({ declaration }) => declaration);
    return mergeModel({ name, number, declared: declarations, learned: parts.learned });
  }

  function load(name: string): Model | undefined {
    const cached = known.get(name);
    if (cached !== undefined) return cached;
    const model = read(name);
    if (model !== undefined) known.set(name, model);
    return model;
  }

  function reindex(models: readonly string[]): void {
    for (const name of models) {
      known.delete(name);
      const model = load(name);
      if (model !== undefined && model.number !== 0) tables.index(model.number, model.fields.values());
    }
  }

  function numberOf(name: string): number {
    const there = find.get(name)?.number;
    if (there !== undefined) return there;
    const number = insert.get(name)?.number ?? 0;
    reindex([name]);
    return number;
  }

  return {
    load,
    list: () =>
      [...new Set([...names.all(), ...BUILT_IN_NAMES])]
        .sort()
        .map(load)
        .filter((model) => model !== undefined),
    numberOf,
    learn(model, field) {
      const before = load(model)?.fields.get(field.name);
      if (before !== undefined) return before.type === field.type && before.relation === field.relation;
      addField.run(model, field.name, field.type, field.relation);
      known.delete(model);
      return true;
    },
    keepLastId: (number, id) => raise.run(id, number),
    lastId: (name) => find.get(name)?.last_id ?? null,
    origin,
    declaredBy: (projectId) => ofProject.all(projectId),
    reindex,
    forget,
    declare(projectId, models) {
      const before = ofProject.all(projectId);
      undeclare.run(projectId);
      for (const { name, strict, fields } of models) {
        numberOf(name);
        putDeclaration.run(projectId, name, strict ? 1 : 0, JSON.stringify(fields));
      }
      reindex([...new Set([...before, ...models.map(({ name }) => name)])]);
    },
  };
}

const BUILT_IN_NAMES: ReadonlySet<string> = new Set(BUILT_IN_MODELS.map(({ name }) => name));
