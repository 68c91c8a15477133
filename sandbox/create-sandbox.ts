import { createCompiler } from './compile/compiler.ts';
import { programId } from './compile/program-id.ts';
import { spawnCompiler } from './compile/spawn-compiler.ts';
import { JobRun } from './job-run.ts';
import type { RunnerProcess } from './supervisor/runner-process.ts';
import { createSupervisor } from './supervisor/supervisor.ts';
import type { CompileRequest, JobHooks, JobOrder, Program, RunningJob, Sandbox } from './types.ts';

export interface SandboxOptions {
  /** Programs that need no compiler; asked for at each compile. */
  readonly precompiled?: () => Promise<readonly Program[]>;
  /** Starts a runner process. */
  readonly makeRunner?: () => RunnerProcess;
}

/** Opens the sealed rooms: runners are started now, the compiler at its first use. */
export function createSandbox({ precompiled = async () => [], makeRunner }: SandboxOptions = {}): Sandbox {
  const supervisor = createSupervisor(makeRunner);
  const running = new Set<RunningJob>();
  const compiler = createCompiler({ spawn: spawnCompiler });

  return {
    run(order: JobOrder, hooks: JobHooks): RunningJob {
      const job = new JobRun(order, hooks, supervisor);
      running.add(job);
      job.outcome.then(() => running.delete(job));
      return job;
    },
    async compile(request: CompileRequest) {
      const id = programId(request);
      const program = (await precompiled()).find((candidate) => candidate.id === id);
      return program ? { ok: true, program, warnings: [] } : compiler.compile(request);
    },
    ready: () => supervisor.fleet.ready(),
    async stop() {
      for (const job of running) job.cancel('Sluice is stopping.');
      await Promise.all([supervisor.fleet.stop(), compiler.stop()]);
    },
  };
}
