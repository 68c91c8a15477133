import { describe, expect, it } from 'vitest';
import { readOptions } from '../../../runtime/sub-jobs/sub-job-options.ts';

const NOW = Date.UTC(2026, 10, 15);
const read = (options: unknown) => readOptions(options, 10, NOW);

describe('options of add_job', () => {
  it('have defaults', () => {
    const nothing = { priority: 10, eta: null, maxRetries: null, identityKey: null, description: null };
    expect(read({})).toEqual(nothing);
    expect(read({ priority: undefined, eta: null, identity_key: undefined })).toEqual(nothing);
  });

  it('are taken as they are', () => {
    const options = { priority: 0, max_retries: 0, identity_key: 'order 7', description: 'Order 7' };
    expect(read(options)).toEqual({
      priority: 0,
      eta: null,
      maxRetries: 0,
      identityKey: 'order 7',
      description: 'Order 7',
    });
  });

  it.each([
    ['a Date', new Date(NOW + 5000)],
    ['a time as text', new Date(NOW + 5000).toISOString()],
    ['a time of another zone', '2026-11-15T02:00:05+02:00'],
    ['seconds from now', 5],
  ])('take %s for eta', (_what, eta) => {
    expect(read({ eta }).eta).toBe(NOW + 5000);
  });

  it.each([
    [{ eta: 'tomorrow' }, 'eta of add_job is a Date'],
    [{ eta: '2026-02-30T00:00:00Z' }, 'eta of add_job is a Date'],
    [{ eta: new Date(Number.NaN) }, 'eta of add_job is a Date'],
    [{ eta: Number.POSITIVE_INFINITY }, 'eta of add_job is a Date'],
    [{ eta: {} }, 'eta of add_job is a Date'],
    [{ priority: -1 }, 'priority of add_job is a whole number from 0 to 1000'],
    [{ priority: '1' }, 'priority of add_job is a whole number'],
    [{ max_retries: 1.5 }, 'max_retries of add_job is a whole number from 0 to 100'],
    [{ identity_key: '' }, 'identity_key of add_job is text of 1 to 200 characters'],
    [{ description: 'x'.repeat(201) }, 'description of add_job is text'],
    [{ prio: 1 }, 'add_job has no option "prio". There are priority, eta,'],
    [null, 'The options of add_job are an object'],
    [[], 'The options of add_job are an object'],
    ['x', 'The options of add_job are an object'],
  ])('%j are refused', (options, message) => {
    expect(() => read(options)).toThrow(TypeError);
    expect(() => read(options)).toThrow(message);
  });
});
