import { table } from '../cli/output.ts';
import type { Around, AttackReport } from './attack-test.ts';
import type { Figures } from './figures.ts';
import { type CaseResult, verdictOf } from './verdict.ts';

const TIMES = ['P50', 'P99', 'P99.9', 'MAX'];
const HEAD = ['FAMILY', 'CASE', 'EXPECTED', 'SEEN', 'MS', 'VERDICT'];

/** One line for a case that has just ended. */
export const caseLine = (result: CaseResult): string =>
  `${verdictOf(result)}  ${result.family}/${result.name}  ${result.seen}  ${result.ms ?? '-'} ms`;

/** The whole report as a person reads it. */
export function reportText({ families, control, passed, open, failed }: AttackReport): string {
  const cases = families.flatMap((family) => family.cases);
  const rows = cases.map((result) => [
    result.family,
    result.name,
    result.expected,
    result.seen,
    result.ms ?? '',
    verdictOf(result),
  ]);
  return [
    table(HEAD, rows),
    '',
    table(
      ['DURING', 'HEALTHZ CALLS', ...TIMES, 'NEIGHBOUR CALLS', ...TIMES],
      [
        ['no attack', ...aroundCells(control)],
        ...families.map((family) => [family.name, ...aroundCells(family)]),
      ],
    ),
    '',
    ...problemLines(families.flatMap((family) => family.cases)),
    ...families.flatMap(({ name, problems }) => problems.map((problem) => `${name}: ${problem}`)),
    `${passed} of ${passed + open + failed} cases passed, ${open} are open, ${failed} failed. Times are in milliseconds; - where calls were too few.`,
  ].join('\n');
}

const aroundCells = ({ health, neighbour }: Around): readonly unknown[] => [
  ...cells(health),
  ...cells(neighbour),
];

const cells = ({ count, p50, p99, p999, max }: Figures) => [count, p50, p99 ?? '-', p999 ?? '-', max];

/** For each case that did not pass: what it tries, and what was wrong. */
function problemLines(cases: readonly CaseResult[]): readonly string[] {
  return cases
    .filter(({ problems }) => problems.length > 0)
    .flatMap(({ family, name, tries, problems, pending }) => [
      `${family}/${name}: ${tries}`,
      ...(pending === undefined ? [] : [`  Not yet: ${pending}`]),
      ...problems.map((problem) => `  ${problem}`),
    ]);
}

/** True when no attack got through and the instance answered all others, and rightly, meanwhile. */
export const holds = ({ failed, families }: AttackReport): boolean =>
  failed === 0 && families.every(({ problems }) => problems.length === 0);

/** Where the instance answered later than it should; no attack got through by that. */
export const lateLines = ({ families }: AttackReport): readonly string[] =>
  families.flatMap(({ name, slow }) => (slow === null ? [] : [`${name}: ${slow}`]));
