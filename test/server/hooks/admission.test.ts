import { describe, expect, it } from 'vitest';
import { createAdmission } from '../../../server/hooks/admission.ts';

function open(changes: Partial<Parameters<typeof createAdmission>[0]> = {}) {
  const told: string[] = [];
  const log = {
    refused: (project: string, _kind: string, reason: string) => void told.push(`${project}: ${reason}`),
  };
  const bounds = { most: 100, mostPerProject: 3, mostBytes: 1000 };
  return { told, admission: createAdmission({ ...bounds, delay: { ms: 0 }, log, ...changes }) };
}

describe('admission', () => {
  it('refuses a project more than its bound, and lets it in again', () => {
    const { admission } = open();
    const entries = [1, 2, 3].map(() => admission.admit('a', 0));
    expect(entries.every(({ admitted }) => admitted)).toBe(true);
    expect(admission.admit('a', 0)).toEqual({ admitted: false, retryAfter: 1 });
    expect(admission.admit('b', 0).admitted).toBe(true);
    const [first] = entries;
    if (first?.admitted) first.ticket.leave();
    if (first?.admitted) first.ticket.leave();
    expect([admission.admit('a', 0).admitted, admission.admit('a', 0).admitted]).toEqual([true, false]);
    expect(admission.refused()).toEqual({ project: 2, instance: 0, bytes: 0, delay: 0 });
  });

  it('shares the instance, so that a flooded project does not have the next one refused', () => {
    const { admission } = open({ most: 4 });
    expect([1, 2, 3].map(() => admission.admit('a', 0).admitted)).toEqual([true, true, false]);
    expect(admission.admit('b', 0).admitted).toBe(true);
    expect(admission.refused().instance).toBe(1);
  });

  it('sets memory for bodies aside before they are read, or as they come', () => {
    const { admission } = open();
    const first = admission.admit('a', 400);
    if (!first.admitted) throw new Error('refused');
    expect(admission.admit('a', 450).admitted).toBe(false);
    expect([first.ticket.hold(100), first.ticket.hold(1)]).toEqual([true, false]);
    expect(admission.admit('b', 200).admitted).toBe(true);
    first.ticket.leave();
    expect(admission.admit('a', 400).admitted).toBe(true);
    expect(admission.refused().bytes).toBe(2);
  });

  it('refuses all while the server is late', () => {
    const delay = { ms: 201 };
    const { admission } = open({ delay });
    expect(admission.admit('a', 0)).toEqual({ admitted: false, retryAfter: 5 });
    delay.ms = 200;
    expect(admission.admit('a', 0).admitted).toBe(true);
  });

  it('tells an operator which bound it was and how to raise it', () => {
    const { admission, told } = open({ mostPerProject: 1 });
    admission.admit('a', 0);
    admission.admit('a', 0);
    admission.admit('b', 2000);
    expect(told).toHaveLength(2);
    expect(told[0]).toContain('Raise --max-project-webhooks');
    expect(told[1]).toContain('Raise --max-webhook-bytes');
  });
});
