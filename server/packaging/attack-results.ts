import type { Around, AttackReport } from '../attack/attack-test.ts';

export interface Machine {
  readonly version: string;
  readonly node: string;
  readonly processors: string;
  readonly memoryGb: number;
}

const BEGIN = '<!-- attack results: made by `npm run attack-report` -->';
const END = '<!-- end of attack results -->';

/** The page with these results in the place of those that it had. Throws when it has no place for them. */
export function withResults(page: string, results: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`The page has no ${BEGIN} before ${END}.`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${results}\n\n${page.slice(end)}`;
}

/** Markdown: what was attacked where, a row for each family, and every case that did not pass. */
export function resultsText(report: AttackReport, { version, node, processors, memoryGb }: Machine): string {
  const { families, control, passed, open, failed } = report;
  const rows = [
    ['family', 'cases', 'passed', '`/healthz` median', '99 %', '99.9 %', 'worst', 'neighbour 99 %'],
    ['---', '--:', '--:', '--:', '--:', '--:', '--:', '--:'],
    ['no attack', '', '', ...cells(control)],
    ...families.map((family) => [
      family.name,
      String(family.cases.length),
      String(family.cases.filter(({ problems }) => problems.length === 0).length),
      ...cells(family),
    ]),
  ];
  const left = families.flatMap(({ cases }) => cases.filter(({ problems }) => problems.length > 0));
  return [
    `Sluice ${version} on Node.js ${node}, ${processors}, ${memoryGb} GB: ${passed} of ${passed + open + failed} cases passed.`,
    'Times are in milliseconds, measured by the suite on the same machine.',
    '',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
    ...(left.length === 0
      ? []
      : [
          '',
          'Not passed:',
          '',
          ...left.map((one) => `- ${one.family}/${one.name}: ${one.pending ?? one.tries}`),
        ]),
  ].join('\n');
}

const cells = ({ health, neighbour }: Around): readonly string[] =>
  [health.p50, health.p99, health.p999, health.max, neighbour.p99].map((ms) => String(ms ?? ''));
