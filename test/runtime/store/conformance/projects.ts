import { describe, expect, it } from 'vitest';
import { deployWrite, doneJob, ledgerWrite, logWrite } from '../../../support/rows.ts';
import { freshStore, type OpenStore } from './harness.ts';

export function describeProjects(open: OpenStore): void {
  describe('projects', () => {
    const data = freshStore(open);

    async function deployed(changes: Parameters<typeof deployWrite>[0] = {}) {
      const loaded = await data.store.deploy(deployWrite(changes));
      if (loaded === null) throw new Error('The deploy was refused.');
      return loaded;
    }

    it('makes a project with version 1 on its first deploy', async () => {
      const write = deployWrite({ bundle: { modules: { zod: 'export {}' }, lock: [] } });
      const loaded = await data.store.deploy(write);
      expect(loaded?.project).toMatchObject({ slug: 'demo', name: 'Demo', active: true, version: 1 });
      expect(loaded?.version).toMatchObject({
        number: 1,
        created_by: 'admin',
        files: write.files,
        bundle: write.bundle,
        manifest: write.manifest,
        program: write.program,
      });
      expect(await data.store.loadProject('demo')).toEqual(loaded);
      expect(await data.store.loadProjects()).toEqual([loaded]);
      expect(await data.store.listProjects()).toEqual([loaded?.project]);
    });

    it('knows no project that was not deployed', async () => {
      expect(await data.store.loadProject('demo')).toBeUndefined();
      expect(await data.store.getVersion('nobody', 1)).toBeUndefined();
      expect(await data.store.loadProject('a\0b')).toBeUndefined();
    });

    it('activates each further version and keeps the ones before', async () => {
      const first = await deployed();
      const second = await deployed({
        expected_version: 1,
        name: 'Renamed',
        active: false,
        at: first.project.created_at + 9,
      });
      expect(second.project).toMatchObject({
        id: first.project.id,
        version: 2,
        name: 'Renamed',
        active: true,
      });
      expect(second.project.updated_at).toBe(first.project.created_at + 9);
      expect((await data.store.listVersions(first.project.id)).map(({ number }) => number)).toEqual([2, 1]);
      expect(await data.store.getVersion(first.project.id, 1)).toEqual(first.version);
    });

    it('writes nothing when another version became active meanwhile', async () => {
      await deployed();
      await deployed({ expected_version: 1 });
      expect(await data.store.deploy(deployWrite({ expected_version: 1, name: 'Late' }))).toBeNull();
      expect(await data.store.deploy(deployWrite({ expected_version: 0, name: 'Late' }))).toBeNull();
      expect((await data.store.loadProject('demo'))?.project).toMatchObject({ name: 'Demo', version: 2 });
    });

    it('lets one of two deploys of the same moment win', async () => {
      const both = await Promise.all([data.store.deploy(deployWrite()), data.store.deploy(deployWrite())]);
      expect(both.filter((loaded) => loaded !== null)).toHaveLength(1);
    });

    it('keeps hooks and states of triggers through a deploy', async () => {
      const { project } = await deployed();
      await data.store.setTriggerActive(project.id, 'INBOX', false);
      const again = await deployed({
        expected_version: 1,
        triggers: [
          { name: 'INBOX', type: 'webhook', hook: 'another-hook' },
          { name: 'SECOND', type: 'webhook', hook: 'second-hook' },
        ],
      });
      expect(again.triggers).toEqual([
        {
          project_id: project.id,
          name: 'INBOX',
          type: 'webhook',
          active: false,
          hook: 'first-hook',
          next_at: null,
        },
        {
          project_id: project.id,
          name: 'SECOND',
          type: 'webhook',
          active: null,
          hook: 'second-hook',
          next_at: null,
        },
      ]);
    });

    it('gives a trigger that changed its type a new row', async () => {
      const { project } = await deployed();
      await data.store.setTriggerActive(project.id, 'HELLO', false);
      const again = await deployed({
        expected_version: 1,
        triggers: [{ name: 'HELLO', type: 'webhook', hook: 'new-hook' }],
      });
      expect(again.triggers).toEqual([
        {
          project_id: project.id,
          name: 'HELLO',
          type: 'webhook',
          active: null,
          hook: 'new-hook',
          next_at: null,
        },
      ]);
    });

    it('rotates a hook and switches a trigger back to what its manifest says', async () => {
      const { project } = await deployed();
      await data.store.setTriggerHook(project.id, 'INBOX', 'rotated');
      await data.store.setTriggerActive(project.id, 'INBOX', true);
      await data.store.setTriggerActive(project.id, 'INBOX', null);
      const trigger = (await data.store.loadProject('demo'))?.triggers.find(({ name }) => name === 'INBOX');
      expect(trigger).toMatchObject({ hook: 'rotated', active: null });
    });

    it('switches a project off and on', async () => {
      const { project } = await deployed();
      await data.store.setProjectActive(project.id, false, project.created_at + 1);
      expect(await data.store.listProjects()).toMatchObject([
        { active: false, updated_at: project.created_at + 1 },
      ]);
    });

    it('keeps params that were set, whatever their names', async () => {
      const { project } = await deployed();
      await data.store.setParam(project.id, 'WELCOME', 'Hi', 1);
      await data.store.setParam(project.id, 'WELCOME', 'Hello', 2);
      await data.store.setParam(project.id, '__proto__', 'plain', 3);
      const params = (await data.store.loadProject('demo'))?.params ?? {};
      expect(Object.entries(params).sort()).toEqual([
        ['WELCOME', 'Hello'],
        ['__proto__', 'plain'],
      ]);
      expect(await data.store.deleteParam(project.id, 'WELCOME')).toBe(true);
      expect(await data.store.deleteParam(project.id, 'WELCOME')).toBe(false);
    });

    it('refuses to change what is not there, by name', async () => {
      const { project } = await deployed();
      await expect(data.store.setTriggerActive(project.id, 'NOPE', true)).rejects.toThrow(
        /NOPE does not exist/,
      );
      await expect(data.store.setTriggerHook(project.id, 'NOPE', 'x')).rejects.toMatchObject({ status: 404 });
      await expect(data.store.setParam('nobody', 'A', 'b', 1)).rejects.toMatchObject({ status: 404 });
      await expect(data.store.setProjectActive('nobody', true, 1)).rejects.toMatchObject({ status: 404 });
    });

    it('removes a project with all that belongs to it, except from the ledger', async () => {
      const { project } = await deployed();
      const other = await deployed({ slug: 'other', triggers: [] });
      const mine = { project: 'demo', project_id: project.id };
      const theirs = { project: 'other', project_id: other.project.id };
      await data.store.enqueueJob(doneJob({ ...mine, status: 'queued' }));
      for (const owner of [mine, theirs]) {
        await data.store.finishJob({
          job: doneJob(owner),
          logs: [logWrite(owner)],
          ledger: [ledgerWrite({ project: owner.project })],
        });
      }
      await data.store.deleteProject(project.id);
      expect(await data.store.loadProject('demo')).toBeUndefined();
      expect(await data.store.listVersions(project.id)).toEqual([]);
      expect((await data.store.listJobs({}, { limit: 9 })).items.map((job) => job.project)).toEqual([
        'other',
      ]);
      expect((await data.store.listLogs({}, { limit: 9 })).items.map((line) => line.project)).toEqual([
        'other',
      ]);
      expect((await data.store.listLedger({ project: 'demo' }, { limit: 9 })).items).toHaveLength(1);
      expect((await deployed()).project.id).not.toBe(project.id);
    });
  });
}
