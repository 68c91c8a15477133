/** Levels of log lines, the least bad first. */
export const LOG_LEVELS = ['debug', 'info', 'warning', 'error', 'critical'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The level that a text names; `info` when it names none. */
export const logLevelOf = (text: unknown): LogLevel => LOG_LEVELS.find((level) => level === text) ?? 'info';
