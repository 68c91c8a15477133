import { describe, expect, it } from 'vitest';
import { jobLimits, taskConcurrency } from '../../runtime/job-limits.ts';
import { codeIn, pageOf, section, tableRows, tablesIn } from '../support/docs/pages.ts';
import { manifestKeys } from '../support/docs/schema-keys.ts';
import { accept, TASK } from '../support/manifest.ts';

const page = pageOf('docs/project.md');

describe('docs/project.md', () => {
  it.each([...manifestKeys()])('has the keys of %s, and no others', (name, keys) => {
    const [table] = tablesIn(section(page, name)).filter(({ head }) => head[0] === 'key');
    const documented = (table?.rows ?? []).map(([first = '']) => codeIn(first)[0]);
    expect(documented.toSorted()).toEqual(keys.toSorted());
  });

  it('has the defaults and maxima of limits', () => {
    const rows = tableRows(section(page, 'limits')).map(([key, standard, , most]) => [key, standard, most]);
    const standard = limitsOf('{}');
    const most = limitsOf('{timeout: 99y, cpu: 99y, memory: 4GB, concurrency: 1000}');
    expect(rows).toEqual([
      ['`timeout`', standard.timeout, most.timeout],
      ['`cpu`', standard.cpu, most.cpu],
      ['`memory`', standard.memory, most.memory],
      ['`concurrency`', standard.concurrency, most.concurrency],
    ]);
  });
});

/** What a task with these limits really gets, as the page writes it. */
function limitsOf(limits: string) {
  const { manifest } = accept(TASK.replace('triggers:', `limits: ${limits}`));
  const [task] = manifest.tasks;
  if (task === undefined) throw new Error('the manifest has no task');
  const { timeoutMs, cpuMs, memoryBytes } = jobLimits(manifest, task);
  return {
    timeout: durationText(timeoutMs),
    cpu: durationText(cpuMs),
    memory: sizeText(memoryBytes),
    concurrency: String(taskConcurrency(manifest, task)),
  };
}

function durationText(ms: number): string {
  if (ms >= 3_600_000) return `${ms / 3_600_000} hour`;
  return ms >= 60_000 ? `${ms / 60_000} minutes` : `${ms / 1000} s`;
}

function sizeText(bytes: number): string {
  const megabytes = bytes / 1024 ** 2;
  return megabytes >= 1024 ? `${megabytes / 1024} GB` : `${megabytes} MB`;
}
