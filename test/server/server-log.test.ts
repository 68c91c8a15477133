import { describe, expect, it } from 'vitest';
import { createServerLog } from '../../server/server-log.ts';

function linesOf(
  level: 'debug' | 'info' | 'error',
  write: (log: ReturnType<typeof createServerLog>) => void,
) {
  const lines: string[] = [];
  write(createServerLog(level, (line) => lines.push(line)));
  return lines;
}

describe("the server's own log", () => {
  it('is one line for each message, whatever is in it', () => {
    const [line] = linesOf('info', (log) => log.warning('two\nlines', { key: 'a\n"b"', n: 1 }));
    expect(line).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z warning two lines key="a\\n\\"b\\"" n=1\n$/);
  });

  it('leaves out what is below its level', () => {
    const lines = linesOf('error', (log) => {
      log.info('no');
      log.error('yes');
    });
    expect(lines).toHaveLength(1);
    expect(createServerLog('debug').debugging).toBe(true);
    expect(createServerLog('info').debugging).toBe(false);
  });

  it('masks the secret part of hook paths', () => {
    const [line] = linesOf('debug', (log) => log.debug('request', { url: '/hook/s3cret_-x/rest?a=1' }));
    expect(line).toContain('/hook/***/rest?a=1');
    expect(line).not.toContain('s3cret');
  });
});
