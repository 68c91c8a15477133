/** Of a log line as it is read; its project's id is only written. */
export const LOG_COLUMNS = 'id, at, level, message, project, task, "trigger", job, name';
