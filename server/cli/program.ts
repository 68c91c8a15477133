import { Command, InvalidArgumentError } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { usageError } from './cli-error.ts';
import { contextOf } from './context-of.ts';
import { addHooks, addSecrets } from './project-commands.ts';

/**
 * The commands of `sluice`, as help shows them. Each one's code is loaded when it is called, so that a command costs
 * only what it needs.
 */
export function createProgram(): Command {
  const program = new Command('sluice')
    .description(
      'Hosts integrators’ scripts: triggers, sealed rooms, and one gate that writes down what leaves.',
    )
    .version(packageJson.version)
    .option('--url <url>', 'address of the server (SLUICE_URL; http://127.0.0.1:4070 unless given)')
    .option(
      '--token <token>',
      'API token (better in SLUICE_TOKEN, where other users of the machine do not see it)',
    )
    .option('--json', 'results for programs')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(usageLine(text)) });
  addServe(program);
  addProjectCommands(program);
  addSecrets(program);
  addHooks(program);
  addLocalCommands(program);
  addReadingCommands(program);
  addLedger(program);
  addMove(program);
  addDoctor(program);
  addAttackTest(program);
  return program;
}

/** Commander writes a sentence and at times a suggestion on a second line. */
function usageLine(text: string): string {
  const sentence = text
    .replace(/^error: /, '')
    .trim()
    .replaceAll('\n', ' ');
  const end = /[.?!)]$/.test(sentence) ? '' : '.';
  return `sluice: ${sentence}${end} See \`sluice --help\`.\n`;
}

/** Listed for the sake of help: `main.ts` gives `serve` its own, quicker way in, and its options are the server's. */
function addServe(program: Command): void {
  program
    .command('serve [options...]')
    .description('start the server; see `sluice serve --help`')
    .allowUnknownOption()
    .action(() => {
      throw usageError('Give `serve` first, then its options: sluice serve --port 4070');
    });
}

function addProjectCommands(program: Command): void {
  program
    .command('push <dir>')
    .description('deploy the project in a folder as a new version')
    .action(async (dir: string, _options, command: Command) => {
      const { push } = await import('./commands/push.ts');
      await push(contextOf(command), dir);
    });
  program
    .command('pull <project> [dir]')
    .description('write the files of a project’s active version into a folder (named after it unless given)')
    .option('--force', 'overwrite files that are different here')
    .action(async (slug: string, dir: string | undefined, options, command: Command) => {
      const { pull } = await import('./commands/pull.ts');
      await pull(contextOf(command), slug, dir ?? slug, options);
    });
  for (const [name, active] of [
    ['activate', true],
    ['deactivate', false],
  ] as const) {
    program
      .command(`${name} <project>`)
      .description(`switch a project ${active ? 'on' : 'off'}`)
      .action(async (slug: string, _options, command: Command) => {
        const { setActive } = await import('./commands/activate.ts');
        await setActive(contextOf(command), slug, active);
      });
  }
  program
    .command('trigger')
    .description('start jobs by hand')
    .command('run <project> <name>')
    .description('start a job of a trigger and show its result')
    .option('--data <file>', 'JSON for the handler, `-` for standard input')
    .option('--wait <seconds>', 'how long to wait for its end, at most 290', seconds, 60)
    .action(async (slug: string, name: string, options, command: Command) => {
      const { runTrigger } = await import('./commands/trigger-run.ts');
      await runTrigger(contextOf(command), slug, name, options);
    });
}

function addLocalCommands(program: Command): void {
  program
    .command('new <dir>')
    .description('start a project in an empty folder')
    .action(async (dir: string, _options, command: Command) => {
      const { newProject } = await import('./commands/new.ts');
      await newProject(contextOf(command), dir);
    });
  program
    .command('types <dir>')
    .description('write type files, so that an editor knows what project code can use')
    .action(async (dir: string, _options, command: Command) => {
      const { writeTypes } = await import('./commands/types.ts');
      await writeTypes(contextOf(command), dir);
    });
  program
    .command('run <dir> <task> <handler>')
    .description('run a handler here, without a server, in the same sandbox')
    .option(
      '--data <file>',
      'what the handler is given: JSON, or the body of a webhook; `-` for standard input',
    )
    .option('--secrets <file>', 'KEY=value lines; without it, SLUICE_SECRET_<KEY> of the environment')
    .action(async (dir: string, task: string, handler: string, options, command: Command) => {
      const { runLocally } = await import('./commands/run.ts');
      await runLocally(contextOf(command), { dir, task, handler, ...options });
    });
}

function addReadingCommands(program: Command): void {
  const logs = program.command('logs').description('show log lines, the newest last');
  addFilters(logs)
    .option('-f, --follow', 'go on with new lines as they come')
    .option('--job <id>', 'lines of this job')
    .option('--level <level>', 'lines of exactly this level')
    .option('--min-level <level>', 'lines of this level and worse')
    .option('--status <status>', 'lines of jobs with this status')
    .option('--q <text>', 'lines that contain this text')
    .option('--group-by <what>', 'count lines by project, task, trigger, job, level, status, hour or day')
    .action(async (options, command: Command) => {
      const { showLogs } = await import('./commands/logs.ts');
      await showLogs(contextOf(command), options);
    });
  logs
    .command('export')
    .description('write all lines that match to standard output, the newest first; takes the filters of logs')
    .option('--format <format>', 'ndjson (one JSON value per line) or csv', 'ndjson')
    .action(async (_options, command: Command) => {
      const { exportLogs } = await import('./commands/logs-export.ts');
      await exportLogs(contextOf(command), command.optsWithGlobals());
    });
  const jobs = program.command('jobs').description('list jobs, the newest first');
  addFilters(jobs)
    .option('--status <status>', 'jobs with this status')
    .action(async (options, command: Command) => {
      const { listJobs } = await import('./commands/jobs.ts');
      await listJobs(contextOf(command), options);
    });
  jobs
    .command('show <id>')
    .description('show one job with its input, result and log')
    .action(async (id: string, _options, command: Command) => {
      const { showJob } = await import('./commands/jobs.ts');
      await showJob(contextOf(command), id);
    });
  jobs
    .command('cancel <id>')
    .description('end a job that is queued or running, for good')
    .action(async (id: string, _options, command: Command) => {
      const { cancelJob } = await import('./commands/jobs.ts');
      await cancelJob(contextOf(command), id);
    });
  program
    .command('retry <id>')
    .description('run a finished job again, as a new job')
    .action(async (id: string, _options, command: Command) => {
      const { retryJob } = await import('./commands/jobs.ts');
      await retryJob(contextOf(command), id);
    });
}

function addLedger(program: Command): void {
  const outgoing = program.command('outgoing').description('what left, from the ledger');
  outgoing
    .command('export')
    .description('write all ledger rows that match to standard output, the newest first')
    .option('--project <project>', 'of this project')
    .option('--task <name>', 'of this task')
    .option('--trigger <name>', 'of this trigger')
    .option('--job <id>', 'of this job')
    .option('--recipient <recipient>', 'to exactly this recipient')
    .option('--kind <kind>', 'request, connection, object, declared or webhook_answer')
    .option('--method <method>', 'with this HTTP method')
    .option('--blocked', 'only what was refused')
    .option('--q <text>', 'whose recipient, URL or excerpt contains this text')
    .option('--from <time>', 'not before this time (ISO 8601)')
    .option('--to <time>', 'before this time (ISO 8601)')
    .option('--format <format>', 'csv for spreadsheets, or ndjson (one JSON value per line)', 'csv')
    .action(async (options, command: Command) => {
      const { exportOutgoing } = await import('./commands/outgoing-export.ts');
      await exportOutgoing(contextOf(command), options);
    });
  program
    .command('ledger')
    .description('the record of what left')
    .command('verify')
    .description(
      'look whether the ledger is as it was written, on the data of a server that runs or is stopped',
    )
    .option('--data <dir>', 'data directory, when not the configured one')
    .option('--config <file>', 'another file than sluice.yaml (SLUICE_CONFIG)')
    .option('--from <time>', 'only rows from about this time on (ISO 8601)')
    .option('--checkpoints <file>', 'compare with the checkpoints in this file, or in a log of the server')
    .action(async (options, command: Command) => {
      const { verifyLedger } = await import('./commands/ledger-verify.ts');
      await verifyLedger(contextOf(command), options);
    });
}

function addMove(program: Command): void {
  program
    .command('move')
    .description('move a stopped server’s store from SQLite to an empty PostgreSQL database, or back')
    .option('--to-postgres', 'to the database that SLUICE_DATABASE_URL names')
    .option('--from-postgres', 'from that database, into a new file in the data directory')
    .option('--to <url>', 'the same with the URL, whose password others on this machine can see')
    .option('--from <url>', 'the same')
    .option('--data <dir>', 'data directory, when not the configured one')
    .option('--config <file>', 'another file than sluice.yaml (SLUICE_CONFIG)')
    .option('--restart', 'empty a target that an earlier move began and did not finish')
    .action(async (options, command: Command) => {
      const { move } = await import('./commands/move.ts');
      await move(contextOf(command), options);
    });
}

function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('look at what a server meets on this machine, and say what to do')
    .option('--data <dir>', 'data directory, when not the configured one')
    .option('--config <file>', 'another file than sluice.yaml (SLUICE_CONFIG)')
    .action(async (options, command: Command) => {
      const { doctor } = await import('./commands/doctor.ts');
      await doctor(contextOf(command), options);
    });
}

function addAttackTest(program: Command): void {
  program
    .command('attack-test')
    .description('attack the server with the public suite, and show what holds')
    .option('--family <name>', 'only this family')
    .option('--case <name>', 'only this case')
    .option('--control <seconds>', 'how long to watch the server without an attack first', seconds, 5)
    .action(async (options, command: Command) => {
      const { runAttackTest } = await import('./commands/attack-test.ts');
      await runAttackTest(contextOf(command), options);
    });
}

function addFilters(command: Command): Command {
  return command
    .option('--project <project>', 'of this project')
    .option('--task <name>', 'of this task')
    .option('--trigger <name>', 'of this trigger')
    .option('--from <time>', 'not before this time (ISO 8601)')
    .option('--to <time>', 'before this time (ISO 8601)')
    .option('--limit <number>', 'at most this many (50 unless given)');
}

function seconds(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0 && value <= 290) return value;
  throw new InvalidArgumentError('Give seconds from 0 to 290.');
}
