import { ownPath } from '../../sandbox/own-path.ts';
import { readProjectFolder } from './built-in.ts';
import { SLUG } from './names.ts';
import { PROJECT_FILE } from './yaml-source.ts';

/** Where a project that comes with Sluice is kept. */
export function shippedProject(name: 'demo' | 'telegram-support' | 'template'): string {
  return ownPath(`scripts/${name}`);
}

/** What an order to the demo's webhook looks like, and the webhook's name. */
export const DEMO = Object.freeze({
  slug: 'demo',
  webhook: 'ORDERS',
  body: '{"customer": "Ada", "items": [{"product": "tea", "quantity": 2}]}',
});

/** The files of a new project called like its folder; what a slug cannot have becomes dashes. */
export async function newProjectFiles(folderName: string): Promise<Readonly<Record<string, string>>> {
  const { files } = await readProjectFolder(shippedProject('template'));
  const slug = toSlug(folderName);
  const yaml = (files[PROJECT_FILE] ?? '')
    .replaceAll('my-project', slug)
    .replace('My project', `${slug.slice(0, 1).toUpperCase()}${slug.slice(1).replaceAll('-', ' ')}`);
  return { ...files, [PROJECT_FILE]: yaml };
}

function toSlug(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
  return SLUG.test(slug) ? slug : 'my-project';
}
