import { describe, expect, it } from 'vitest';
import { unknownVariables } from '../../server/config.ts';
import { flagOf, OPTION_NAMES, OPTIONS, type OptionName, variableOf } from '../../server/config-options.ts';
import { SURFACE } from '../../server/surface.ts';
import { codeIn, pageOf, pages, section, tableRows } from '../support/docs/pages.ts';

describe('docs/configuration.md', () => {
  const rows = tableRows(section(pageOf('docs/configuration.md'), 'Options'));

  it('has every option with its flag, variable and key, and no others', () => {
    const documented = rows.map((cells) => cells.slice(0, 3).map((cell) => codeIn(cell)[0]));
    const isShown = (name: OptionName) => OPTIONS[name].kind !== 'secret';
    expect(documented).toEqual(
      OPTION_NAMES.map((name) => [isShown(name) ? flagOf(name) : undefined, variableOf(name), name]),
    );
  });

  it.each(OPTION_NAMES)('has the default of %s', (name) => {
    const cell = rows.find((cells) => cells[2] === `\`${name}\``)?.[3] ?? '';
    const [written] = codeIn(cell);
    const { schema } = OPTIONS[name];
    const standard: unknown = schema.parse(undefined);
    if (written !== undefined) expect(schema.parse(written)).toEqual(standard);
    else expect([undefined, []]).toContainEqual(standard);
  });

  it('and the other pages name no variable that means nothing to Sluice', () => {
    const named = pages.flatMap(({ text }) => text.match(/\bSLUICE_[A-Z_]+/g) ?? []);
    const ofServer = named.filter((name) => !name.startsWith('SLUICE_SECRET_'));
    expect(new Set(ofServer).size).toBeGreaterThan(OPTION_NAMES.length);
    expect(unknownVariables(Object.fromEntries(ofServer.map((name) => [name, 'x'])))).toEqual([]);
  });
});

describe('docs/http-api.md', () => {
  const page = pageOf('docs/http-api.md');
  const atRoot = ['/healthz', '/readyz', '/oauth/callback'];

  it('has every route with its role, and no others', () => {
    const documented = tableRows(section(page, 'Routes')).flatMap(([route = '', role]) => {
      const [verb, path] = codeIn(route)[0]?.split(' ') ?? [];
      if (path === undefined) return [];
      return [`${verb} ${atRoot.includes(path) ? '' : '/api/v1'}${path} ${role}`];
    });
    const there = SURFACE.map(({ verb, path, role }) => `${verb} ${path} ${role}`);
    expect(documented.toSorted()).toEqual(there.toSorted());
  });
});
