import { hash } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { NodeStore } from '../../node-store.ts';

/** A file is one process's own: there are no others, and it is always there. */
export function sqliteNodes(db: Database.Database, now: () => number): NodeStore {
  const marks = db.prepare<[], { readonly slug: string; readonly text: string }>(MARKS);
  return {
    isShared: false,
    tellOthers: async () => {},
    watchOthers: () => () => {},
    now,
    state: () => USABLE,
    async projectMarks() {
      return marks.all().map(({ slug, text }) => Object.freeze({ slug, mark: hash('sha256', text) }));
    },
  };
}

const USABLE = Object.freeze({ usable: true } as const);

const MARKS = `
SELECT slug, json_array(id, version, active, updated_at,
  (SELECT json_group_array(json_array(key, value) ORDER BY key) FROM params WHERE project_id = projects.id),
  (SELECT json_group_array(json_array(key, version, hex(iv)) ORDER BY key) FROM secrets WHERE project_id = projects.id),
  (SELECT json_group_array(json_array(name, type, active, hook, next_at) ORDER BY name)
   FROM triggers WHERE project_id = projects.id)) AS text
FROM projects ORDER BY slug`;
