import { allFamilies, attackTest } from '../../attack/attack-test.ts';
import { caseLine, holds, lateLines, reportText } from '../../attack/report.ts';
import { firstSignal } from '../../first-signal.ts';
import { CliError, usageError } from '../cli-error.ts';
import type { CommandContext } from '../context.ts';
import { printable } from '../printable.ts';

export interface AttackTestCommandOptions {
  readonly family?: string;
  readonly case?: string;
  /** Seconds. */
  readonly control: number;
}

/** Attacks the server with the public suite and prints what came of each case. Fails when an attack got through, not for late answers. */
export async function runAttackTest(
  context: CommandContext,
  options: AttackTestCommandOptions,
): Promise<void> {
  const { output } = context;
  const families = allFamilies();
  if (options.family !== undefined && !families.includes(options.family)) {
    throw usageError(`There is no family ${printable(options.family)}. There are ${families.join(', ')}.`);
  }
  // Says what is wrong with address or token before anything is deployed.
  await (await context.connect()).get('/tokens');
  const { url, token } = await context.credentials();
  output.note(`Attacking ${url} with projects under attack-*; they are deleted afterwards.`);
  const interrupted = new AbortController();
  firstSignal().then(() => {
    output.note('Interrupted: deleting what the suite has made. Once more ends at once and leaves it there.');
    interrupted.abort(
      new CliError('Interrupted. Projects under attack-* and the token attack-test are gone.'),
    );
  });
  const report = await attackTest({
    url,
    token: token ?? '',
    family: options.family,
    case: options.case,
    controlSeconds: options.control,
    signal: interrupted.signal,
    onCase: (result) => output.note(printable(caseLine(result))),
  });
  if (report.passed + report.open + report.failed === 0)
    throw usageError('No case has this name. Leave out --case.');
  output.result(report, () => reportText(report));
  const late = lateLines(report);
  if (late.length > 0) {
    output.note(`Warning: this machine answered late, which lets no attack through: ${late.join('; ')}`);
  }
  if (!holds(report)) {
    throw new CliError(
      'The instance did not hold. See the lines above, and docs/security.md for where to report it.',
    );
  }
  if (report.open === 0) output.note('All cases held.');
}
