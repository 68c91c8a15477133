import { readConfig } from '../../config.ts';
import { readConfigFile } from '../../config-file.ts';
import { examine } from '../../doctor/examine.ts';
import type { Finding, Verdict } from '../../doctor/finding.ts';
import { takeDatabaseUrl } from '../../environment.ts';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../context.ts';
import type { Output } from '../output.ts';
import { printable } from '../printable.ts';

export interface DoctorOptions {
  readonly data?: string;
  readonly config?: string;
}

const LEVEL_OF: Readonly<Record<Verdict, string>> = { ok: 'info', warning: 'warning', problem: 'error' };

/** Shows what a server would meet on this machine, configured as `serve` is. Fails when something is a problem. */
export async function doctor({ output }: CommandContext, options: DoctorOptions): Promise<void> {
  const databaseUrl = takeDatabaseUrl(process.env);
  const { data, config: asked } = options;
  const file = await readConfigFile(asked ?? (process.env.SLUICE_CONFIG || undefined));
  const env = { ...process.env, SLUICE_DATABASE_URL: databaseUrl };
  const config = readConfig({ flags: data === undefined ? {} : { data }, env, file });
  const findings = await examine(config, process.env);
  const problems = findings.filter(({ verdict }) => verdict === 'problem');
  output.result({ ok: problems.length === 0, findings }, () =>
    findings.map((finding) => lines(finding, output)).join('\n'),
  );
  if (problems.length > 0) {
    throw new CliError(`A server would not work here: ${problems.map(({ name }) => name).join(', ')}.`);
  }
}

function lines({ name, verdict, text, todo, details }: Finding, output: Output): string {
  const head = `${output.paint(LEVEL_OF[verdict], verdict.padEnd(8))} ${name.padEnd(8)} ${printable(text)}`;
  const more = [...details, ...(todo === '' ? [] : [todo])];
  return [head, ...more.map((line) => `${' '.repeat(18)}${printable(line)}`)].join('\n');
}
