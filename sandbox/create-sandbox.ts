import { createCompiler } from './compile/compiler.ts';
import { spawnCompiler } from './compile/spawn-compiler.ts';
import { JobRun } from './job-run.ts';
import { Fleet } from './supervisor/fleet.ts';
import type { CompileRequest, JobHooks, JobOrder, RunningJob, Sandbox } from './types.ts';

/** Opens the sealed rooms: runners are started now, the compiler at its first use. */
export function createSandbox(): Sandbox {
  const fleet = new Fleet();
  const running = new Set<RunningJob>();
  const compiler = createCompiler({ spawn: spawnCompiler });

  return {
    run(order: JobOrder, hooks: JobHooks): RunningJob {
      const job = new JobRun(order, hooks, fleet);
      running.add(job);
      job.outcome.then(() => running.delete(job));
      return job;
    },
    compile: (request: CompileRequest) => compiler.compile(request),
    ready: () => fleet.ready(),
    async stop() {
      for (const job of running) job.cancel('Sluice is stopping.');
      await Promise.all([fleet.stop(), compiler.stop()]);
    },
  };
}
