import type { NodeStore, ProjectMark } from '../../node-store.ts';
import type { Session } from '../database/session.ts';

/** What tells one node that another one has changed a project. */
export function postgresMarks(database: Session): Pick<NodeStore, 'isShared' | 'projectMarks'> {
  return {
    isShared: true,
    async projectMarks() {
      const marks = await database.rows<ProjectMark>(MARKS);
      return marks.map((mark) => Object.freeze(mark));
    },
  };
}

/** Values are hashed one by one: together they may be more than one jsonb can hold, and then no mark of any project could be read. */
const MARKS = {
  name: 'project marks',
  text: `
SELECT slug, encode(sha256(convert_to(jsonb_build_array(id, version, active, updated_at,
  (SELECT jsonb_agg(jsonb_build_array(key, encode(sha256(convert_to(value, 'UTF8')), 'hex')) ORDER BY key) FROM params WHERE project_id = projects.id),
  (SELECT jsonb_agg(jsonb_build_array(key, version, encode(iv, 'hex')) ORDER BY key)
   FROM secrets WHERE project_id = projects.id),
  (SELECT jsonb_agg(jsonb_build_array(name, type, active, hook, next_at) ORDER BY name)
   FROM triggers WHERE project_id = projects.id))::text, 'UTF8')), 'hex') AS mark
FROM projects ORDER BY slug`,
};
