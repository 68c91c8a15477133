import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { allPages, type Page, ROOT, readPage } from '../support/docs/pages.ts';

const links = allPages.flatMap(({ file, prose }) =>
  [...prose.replaceAll(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => ({ file, target }))
    .filter(({ target }) => !/^https?:/.test(target)),
);

it.each(links)('$file links to something that is there: $target', ({ file, target }) => {
  const [path = '', anchor] = target.split('#');
  const linked = path === '' ? file : join(dirname(file), path);
  expect(existsSync(join(ROOT, linked))).toBe(true);
  if (anchor !== undefined) expect(anchorsOf(readPage(linked))).toContain(anchor);
});

/** As GitHub makes them of headings. */
function anchorsOf({ prose }: Page): readonly string[] {
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}
