import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { showJob } from '../../../../server/cli/commands/jobs.ts';
import { showLogs } from '../../../../server/cli/commands/logs.ts';
import { captureContext, listen, type TestServer } from '../support.ts';

const LINES = 2500;
const JOB = { id: 'j', project: 'p', task: 't', status: 'done', overall: 'done', error: null, children: [] };

let server: TestServer;
beforeEach(async () => {
  server = await listen((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/api/v1/jobs/j') return response.end(JSON.stringify(JOB));
    const newest = Number(searchParams.get('after') ?? LINES + 1) - 1;
    const count = Math.min(newest, Number(searchParams.get('limit')));
    const items = Array.from({ length: count }, (_, index) => ({
      id: newest - index,
      at: '2026-01-01T00:00:00.000Z',
      level: 'info',
      message: `line ${newest - index}`,
      project: 'p',
      task: 't',
      trigger: null,
      job: 'j',
    }));
    response.end(JSON.stringify({ items, next: newest > count ? String(newest - count + 1) : null }));
  });
});
afterEach(() => server.stop());

describe('the lines of a job that has written many', () => {
  it('are all shown with it, the oldest first', async () => {
    const context = captureContext(server.url, { json: true });
    await showJob(context, 'j');
    const { logs } = JSON.parse(context.stdout());
    expect(logs).toHaveLength(LINES);
    expect([logs[0].message, logs.at(-1).message]).toEqual(['line 1', `line ${LINES}`]);
  });

  it('are cut in the log of all jobs, which says so and where the others are', async () => {
    const context = captureContext(server.url);
    await showLogs(context, { job: 'j' });
    expect(context.stdout().trim().split('\n')).toHaveLength(50);
    expect(context.stderr()).toContain('There are earlier lines of this job. See all: sluice jobs show j');
    const enough = captureContext(server.url);
    await showLogs(enough, { job: 'j', limit: String(LINES) });
    expect(enough.stderr()).toBe('');
  });
});
