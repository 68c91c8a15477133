export const AUDIT_COLUMNS = 'id, at, kind, project, task, "trigger", job, version, "user", name, message';
