/**
 * Roll-ups of log lines. `log_totals` says of each month that ever had lines what those that are left take, in bytes, and
 * the highest id: it stays when the month's tables are dropped, so that no id is given out twice.
 */
export const sql = `
CREATE TABLE log_totals (
  month TEXT PRIMARY KEY,
  newest_id INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** The roll-up of a month of lines that exists. */
export const logMonthSql = (month: string): string => `
CREATE TABLE log_hours_${month} (
  hour INTEGER NOT NULL,
  project TEXT NOT NULL,
  level INTEGER NOT NULL,
  task ANY NOT NULL,
  "trigger" ANY NOT NULL,
  count INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (hour, project, level, task, "trigger")
) STRICT, WITHOUT ROWID;
INSERT INTO log_hours_${month}
SELECT at - at % 3600000, project, level, ifnull(task, 0), ifnull("trigger", 0),
       count(*), sum(octet_length(message) + 300), min(at), max(at)
FROM logs_${month} GROUP BY 1, 2, 3, 4, 5;
INSERT INTO log_totals
SELECT '${month}', ifnull((SELECT max(id) FROM logs_${month}), 0), ifnull(sum(bytes), 0) FROM log_hours_${month};
`;
