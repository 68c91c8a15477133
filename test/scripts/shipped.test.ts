import { describe, expect, it } from 'vitest';
import { readProjectFolder } from '../../runtime/project/project-folder.ts';
import { DEMO, shippedProject } from '../../runtime/project/shipped.ts';
import { newProjectFiles } from '../../runtime/project/template.ts';
import { accept } from '../support/manifest.ts';
import { prepareShipped } from '../support/shipped.ts';
import { typeCheck, typesOf } from '../support/type-check.ts';

describe.each(['demo', 'telegram-support', 'odoo2odoo', 'template'] as const)(
  'the project in scripts/%s',
  (name) => {
    it('can be deployed, without a warning', async () => {
      expect((await prepareShipped(name)).warnings).toEqual([]);
    });

    it('has no type errors', async () => {
      const { files } = await readProjectFolder(shippedProject(name));
      expect(typeCheck({ ...files, ...(await typesOf(files)) })).toEqual([]);
    });
  },
);

it('the demo is active, and has the webhook that the first start names', async () => {
  const { manifest } = await prepareShipped('demo');
  expect(manifest).toMatchObject({ slug: DEMO.slug, active: true });
  expect(manifest.tasks.flatMap((task) => task.triggers)).toContainEqual(
    expect.objectContaining({ type: 'webhook', name: DEMO.webhook }),
  );
});

describe('a new project', () => {
  it.each([
    ['my-shop', 'my-shop', 'My shop'],
    ['My Shop (new)', 'my-shop-new', 'My shop new'],
    ['...', 'my-project', 'My project'],
  ])('in the folder %j has the slug %s and the name %s', async (folder, slug, title) => {
    const files = await newProjectFiles(folder);
    expect(accept(files['project.yaml'] ?? '').manifest).toMatchObject({ slug, name: title });
    expect(Object.keys(files)).toContain('tasks/hello.ts');
  });
});
