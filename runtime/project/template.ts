import { PROJECT_FILE, SLUG } from './names.ts';
import { readProjectFolder } from './project-folder.ts';
import { shippedProject } from './shipped.ts';

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
