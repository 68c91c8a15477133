import { table } from '../cli/output.ts';
import type { Around, AttackReport } from './attack-test.ts';
import { type CaseResult, verdictOf } from './verdict.ts';

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
      ['DURING', 'HEALTHZ P50', 'P99.9', 'MAX', 'NEIGHBOUR CALLS', 'P50', 'P99.9', 'MAX'],
      [
        ['no attack', ...aroundCells(control)],
        ...families.map((family) => [family.name, ...aroundCells(family)]),
      ],
    ),
    '',
    ...problemLines(families.flatMap((family) => family.cases)),
    ...families.flatMap(({ name, problems, slow }) =>
      [...problems, ...(slow === null ? [] : [slow])].map((problem) => `${name}: ${problem}`),
    ),
    `${passed} of ${passed + open + failed} cases passed, ${open} are open, ${failed} failed. Times are in milliseconds.`,
  ].join('\n');
}

const aroundCells = ({ health, neighbour }: Around): readonly unknown[] => [
  health.p50,
  health.p999,
  health.max,
  neighbour.count,
  neighbour.p50,
  neighbour.p999,
  neighbour.max,
];

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

/** True when no attack got through and the instance went on as if there were none. */
export const isClean = ({ failed, families }: AttackReport): boolean =>
  failed === 0 && families.every(({ problems, slow }) => problems.length === 0 && slow === null);
