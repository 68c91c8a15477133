import { describe, expect, it } from 'vitest';
import type { AuditRow } from '../../../../runtime/store/audit-store.ts';
import { MID_MONTH, uuidAt } from '../../../support/rows.ts';
import { freshStore, type OpenStore, pagesOf } from './harness.ts';

function auditRow(changes: Partial<AuditRow> = {}): AuditRow {
  return {
    id: uuidAt(changes.at ?? MID_MONTH),
    at: MID_MONTH,
    kind: 'secret_set',
    project: 'demo',
    task: null,
    trigger: null,
    job: null,
    version: null,
    user: 'admin',
    name: 'TOKEN',
    message: 'Secret TOKEN was set.',
    ...changes,
  };
}

export function describeAudit(open: OpenStore): void {
  describe('the audit', () => {
    const data = freshStore(open);
    const list = async (filter = {}) => (await data.store.listAudit(filter, { limit: 100 })).items;

    it('keeps rows as they are, over a restart', async () => {
      const rows = [
        auditRow(),
        auditRow({
          kind: 'secret_in_task_text',
          task: 'T',
          trigger: 'GO',
          job: uuidAt(1),
          version: 3,
          user: null,
        }),
        auditRow({ kind: 'token_made', project: null, name: 'a\0b' }),
      ];
      await data.store.appendAudit(rows);
      const store = await data.reopen();
      const { items } = await store.listAudit({}, { limit: 10 });
      expect(items.toReversed()).toEqual([rows[0], rows[1], { ...rows[2], name: 'a\ufffdb' }]);
    });

    it('lists the newest first, in pages', async () => {
      const rows = [3, 1, 2, 2, 2].map((at) => auditRow({ at: MID_MONTH + at }));
      await data.store.appendAudit(rows);
      const pages = await pagesOf((after) => data.store.listAudit({}, { limit: 2, after }));
      expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
      expect(pages.flat().map(({ id }) => rows.findIndex((row) => row.id === id))).toEqual([0, 4, 3, 2, 1]);
      await expect(data.store.listAudit({}, { limit: 2, after: 'x' })).rejects.toMatchObject({ status: 400 });
    });

    it('filters by project, kind and time', async () => {
      const other = auditRow({ project: 'other', at: MID_MONTH + 10 });
      const deploy = auditRow({ kind: 'deploy', at: MID_MONTH + 20 });
      await data.store.appendAudit([other, deploy]);
      expect(await list({ project: 'other' })).toEqual([other]);
      expect(await list({ kind: 'deploy' })).toEqual([deploy]);
      expect(await list({ from: MID_MONTH + 20 })).toEqual([deploy]);
      expect(await list({ to: MID_MONTH + 20 })).toEqual([other]);
    });

    it('keeps the rows of a project that is deleted', async () => {
      await data.store.appendAudit([auditRow()]);
      await data.store.deleteProject('any');
      expect(await list()).toHaveLength(1);
    });
  });
}
