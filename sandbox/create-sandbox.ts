import { childCommand } from './child-command.ts';
import { createCompiler } from './compile/compiler.ts';
import { programId } from './compile/program-id.ts';
import { withServerPackages } from './compile/server-packages.ts';
import { spawnCompiler } from './compile/spawn-compiler.ts';
import type { Hardening } from './hardening/find-hardening.ts';
import { hostHardening } from './hardening/host-hardening.ts';
import { JobRun } from './job/job-run.ts';
import { RunnerProcess } from './supervisor/runner-process.ts';
import { createSupervisor } from './supervisor/supervisor.ts';
import { createTypeChecker } from './type-check/type-checker.ts';
import type { CompileRequest, JobHooks, JobOrder, Program, RunningJob, Sandbox } from './types.ts';

export interface SandboxOptions {
  /** Programs that need no compiler; asked for at each compile. */
  readonly precompiled?: () => Promise<readonly Program[]>;
  /** Starts a runner process. */
  readonly makeRunner?: () => RunnerProcess;
  /** A folder whose `node_modules` has packages for Protected Code that is deployed without its own. */
  readonly packages?: string | undefined;
  /** See `TypeCheckerOptions`. */
  readonly tsc?: string | null | undefined;
  /** Told to the operator. */
  readonly report?: (message: string) => void;
  /** How children are shut in; found out unless given. */
  readonly hardening?: Hardening;
}

/** Opens the sealed rooms: runners are started now, the compiler at its first use. */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { precompiled = async () => [], packages, tsc, hardening = await hostHardening() } = options;
  const { makeRunner = () => new RunnerProcess(childCommand(hardening, { role: 'runner' })) } = options;
  const supervisor = createSupervisor(makeRunner, options.report);
  const running = new Set<RunningJob>();
  const compiler = createCompiler({ spawn: () => spawnCompiler(hardening) });
  const compile = packages === undefined ? compiler.compile : withServerPackages(compiler.compile, packages);
  const typeChecker = createTypeChecker({ tsc, hardening });
  const findPrecompiled = async (id: string) => (await precompiled()).find((program) => program.id === id);

  return {
    run(order: JobOrder, hooks: JobHooks): RunningJob {
      const job = new JobRun(order, hooks, supervisor);
      running.add(job);
      job.outcome.then(() => running.delete(job));
      return job;
    },
    async compile(request: CompileRequest, project?: string) {
      const id = programId(request);
      const program = await findPrecompiled(id);
      return program ? { ok: true, program, warnings: [] } : compile(request, project);
    },
    async checkTypes(program, request) {
      return (await findPrecompiled(program.id)) ? [] : typeChecker.check(request);
    },
    ready: () => supervisor.fleet.ready(),
    async stop() {
      for (const job of running) job.cancel('Sluice is stopping.');
      await Promise.all([supervisor.fleet.stop(), compiler.stop()]);
    },
  };
}
