import { describe, expect, it } from 'vitest';
import { jobLimits, taskConcurrency } from '../../runtime/job-limits.ts';
import { warnOfCutLimits } from '../../runtime/project/limit-warnings.ts';
import { accept, TASK } from '../support/manifest.ts';

const MB = 1024 * 1024;

function limitsOf(project: string, task: string) {
  const button = '      - {type: button, name: GO}\n';
  const { manifest } = accept(`limits: ${project}\n${TASK}${button}    limits: ${task}\n`);
  const [spec] = manifest.tasks;
  if (spec === undefined) throw new Error('The manifest has no task.');
  return { ...jobLimits(manifest, spec), concurrency: taskConcurrency(manifest, spec) };
}

describe('the limits of a job', () => {
  it('are those of the instance unless somebody says otherwise', () => {
    expect(limitsOf('{}', '{}')).toEqual({
      timeoutMs: 30_000,
      cpuMs: 10_000,
      memoryBytes: 64 * MB,
      concurrency: 10,
      logLines: 1000,
      logBytes: MB,
      resultBytes: 8 * MB,
      messageBytes: 8 * MB,
      calls: 10_000,
    });
  });

  it("are the task's, else the project's", () => {
    const limits = limitsOf('{timeout: 20s, cpu: 5s}', '{timeout: 5s, memory: 32MB, concurrency: 1}');
    expect(limits).toMatchObject({ timeoutMs: 5000, cpuMs: 5000, memoryBytes: 32 * MB, concurrency: 1 });
  });

  it('are never above what the instance allows', () => {
    const limits = limitsOf('{timeout: 2 days}', '{memory: 4GB, cpu: 1 day, concurrency: 1000}');
    expect(limits).toMatchObject({
      timeoutMs: 3_600_000,
      cpuMs: 600_000,
      memoryBytes: 1024 * MB,
      concurrency: 100,
    });
  });

  it('are a warning on deploy where they are higher than any job gets', () => {
    const yaml = (project: string, task: string) =>
      accept(`limits: ${project}\n${TASK}      - {type: button, name: GO}\n    limits: ${task}\n`);
    const high = yaml('{timeout: 2 days, cpu: 1s}', '{memory: 4GB, concurrency: 101}');
    const warnings = warnOfCutLimits(high.manifest, high.source);
    expect(warnings.map(({ file, message }) => [file, message.slice(0, 60)])).toEqual([
      ['project.yaml', 'limits.timeout is above the maximum of 1 hour and counts as '],
      ['project.yaml', 'limits.memory is above the maximum of 1 GB and counts as tha'],
      ['project.yaml', 'limits.concurrency is above the maximum of 100 and counts as'],
    ]);
    expect(warnings[0]?.line).toBeLessThan(warnings[1]?.line ?? 0);
    const allowed = yaml('{timeout: 1 hour, cpu: 10 minutes}', '{memory: 1GB, concurrency: 100}');
    expect(warnOfCutLimits(allowed.manifest, allowed.source)).toEqual([]);
  });
});
