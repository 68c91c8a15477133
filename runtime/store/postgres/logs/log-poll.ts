import { type NumberedLine, readLine } from '../../rules/log-lines.ts';
import type { Session } from '../database/session.ts';
import type { LogPoll } from './log-watch.ts';

export const logPoll = (session: Pick<Session, 'row' | 'rows'>): LogPoll => ({
  async newest() {
    return (await session.row<{ id: number }>(NEWEST))?.id ?? 0;
  },
  async read(after, missing) {
    const lines = await session.rows<NumberedLine>(READ, [after, missing]);
    return lines.map(readLine);
  },
});

const COLUMNS = 'id, at, level, message, project, task, "trigger", job, name';
const NEWEST = {
  name: 'newest line',
  text: 'SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS id FROM log_ids',
};
const READ = {
  name: 'next lines',
  text: `SELECT * FROM (
  (SELECT ${COLUMNS} FROM logs WHERE id > $1 ORDER BY id LIMIT 5000)
  UNION ALL
  (SELECT ${COLUMNS} FROM logs WHERE id = ANY($2::bigint[]))
) AS next ORDER BY id`,
};
