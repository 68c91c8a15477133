import { describe, expect, it } from 'vitest';
import type { AttackReport } from '../../../server/attack/attack-test.ts';
import { holds, lateLines } from '../../../server/attack/report.ts';
import { resultsText, withResults } from '../../../server/packaging/attack-results.ts';
import { pageOf } from '../../support/docs/pages.ts';

const figures = { count: 100, p50: 1, p99: 2, p999: null, max: 3 };
const around = { health: figures, neighbour: figures };
const attacked = { family: 'cpu', tries: 'Loops.', expected: 'failed', seen: 'failed', ms: 5 };
const report: AttackReport = {
  control: around,
  families: [
    {
      name: 'cpu',
      cases: [
        { ...attacked, name: 'loop', problems: [] },
        { ...attacked, name: 'other', problems: ['it got through'] },
      ],
      problems: [],
      slow: null,
      ...around,
    },
  ],
  passed: 1,
  open: 0,
  failed: 1,
};
const machine = { version: '1.2.3', node: '24.1.0', processors: '2 × Fast', memoryGb: 8 };

describe('the results of the attack suite', () => {
  it('say what was attacked, and what did not hold', () => {
    const text = resultsText(report, machine);
    expect(text).toContain('Sluice 1.2.3 on Node.js 24.1.0, 2 × Fast, 8 GB: 1 of 2 cases passed.');
    expect(text).toContain('| cpu | 2 | 1 | 1 | 2 |  | 3 | 2 |');
    expect(text).toContain('- cpu/other: Loops.');
  });

  it('tell late answers from attacks that got through', () => {
    const passed = { ...report, passed: 2, failed: 0 };
    const late = passed.families.map((family) => ({ ...family, slow: '/healthz took 900 ms' }));
    const unserved = passed.families.map((family) => ({ ...family, problems: ['the neighbour failed'] }));
    expect(
      [report, passed, { ...passed, families: late }, { ...passed, families: unserved }].map(holds),
    ).toEqual([false, true, true, false]);
    expect(lateLines({ ...passed, families: late })).toEqual(['cpu: /healthz took 900 ms']);
  });

  it('take the place of those before them in docs/security.md', () => {
    const { text } = pageOf('docs/security.md');
    const once = withResults(text, 'results of one release');
    expect(withResults(once, 'results of the next')).toBe(
      once.replace('results of one release', 'results of the next'),
    );
  });

  it('are not written where there is no place for them', () => {
    expect(() => withResults('# Page', 'x')).toThrow('no <!-- attack results');
  });
});
