/** Of SQLite nothing: what a process that is alone fetches stays in its memory. */
export const sql = '';

/**
 * Access tokens that nodes have from each other, sealed, and who is on its way for one. A token is gone with its project, and past its time;
 * so are errands that nobody ended.
 */
export const postgresSql = `
CREATE TABLE access_tokens (
  id TEXT COLLATE "C" PRIMARY KEY,
  project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  sealed TEXT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX access_tokens_project ON access_tokens (project_id, expires_at);
CREATE INDEX access_tokens_expire ON access_tokens (expires_at);

CREATE TABLE errands (
  id TEXT COLLATE "C" PRIMARY KEY,
  holder TEXT COLLATE "C" NOT NULL,
  lease_until BIGINT NOT NULL
);
`;
