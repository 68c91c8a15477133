/** The server's own log: what an operator needs to know about the process, not about jobs. */
export interface ServerLog {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warning(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** True when debug lines are written; lets busy places skip preparing them. */
  readonly debugging: boolean;
}
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

const LEVELS = ['debug', 'info', 'warning', 'error'] as const;
export type ServerLogLevel = (typeof LEVELS)[number];

/** One line each: `2026-01-31T12:00:00.000Z warning message key="value"`. Secret parts of hook paths are left out. */
export function createServerLog(
  least: ServerLogLevel,
  write: (line: string) => void = (line) => process.stderr.write(line),
): ServerLog {
  const from = LEVELS.indexOf(least);
  const at = (level: ServerLogLevel) => {
    if (LEVELS.indexOf(level) < from) return () => {};
    return (message: string, fields: LogFields = {}) => {
      const tail = Object.entries(fields).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
      const line = `${new Date().toISOString()} ${level} ${message.replaceAll(/\s+/g, ' ')}${tail.join('')}`;
      write(`${maskHookPaths(line)}\n`);
    };
  };
  return {
    debug: at('debug'),
    info: at('info'),
    warning: at('warning'),
    error: at('error'),
    debugging: from === 0,
  };
}

export const maskHookPaths = (text: string): string => text.replaceAll(/\/hook\/[^/?#\s"]+/g, '/hook/***');
