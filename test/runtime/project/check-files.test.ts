import { describe, expect, it } from 'vitest';
import { checkFiles } from '../../../runtime/project/check-files.ts';

const MINIMUM = { 'project.yaml': 'name: A\nslug: a' };
const EMPTY = { modules: {}, lock: [] };

/** The messages; each begins with the name of the file it is about. */
function refuse(files: Record<string, string>, bundle: Parameters<typeof checkFiles>[1] = null): string[] {
  return checkFiles(files, bundle).map((each) => each.message);
}

describe('the files of a deploy', () => {
  it('may be the four kinds there are, in either language', () => {
    expect(
      refuse({ ...MINIMUM, 'protected.ts': '', 'common.js': '', 'tasks/a-1.ts': '', 'tasks/b.js': '' }),
    ).toEqual([]);
  });

  it('must have a project.yaml', () => {
    expect(refuse({})).toEqual(['project.yaml is missing: every project has one']);
  });

  it.each([
    'README.md',
    'Protected.ts',
    'protected.tsx',
    'tasks/A.ts',
    'tasks/a.mts',
    'tasks/sub/a.ts',
    'tasks/../protected.ts',
    '../project.yaml',
    '/project.yaml',
    'tasks\\a.ts',
    'tasks/a.ts\n',
    'constructor',
    '',
  ])('may not be called %j', (name) => {
    expect(refuse({ ...MINIMUM, [name]: '' })).toEqual([
      expect.stringContaining('is not a file of a project'),
    ]);
  });

  it('may not be called __proto__', () => {
    const files = JSON.parse('{"project.yaml": "", "__proto__": ""}');
    expect(refuse(files)).toEqual([expect.stringMatching(/^__proto__ is not a file/)]);
  });

  it('may not be there in both languages', () => {
    expect(refuse({ ...MINIMUM, 'tasks/a.ts': '', 'tasks/a.js': '' })).toEqual([
      'tasks/a.ts stands beside tasks/a.js: remove one of the two',
    ]);
  });

  it('are named with what was probably meant', () => {
    expect(refuse({ ...MINIMUM, 'comon.ts': '' })[0]).toContain('Did you mean common.ts?');
  });

  it('have at most 1 MB each, counted in bytes', () => {
    const large = 'é'.repeat(524_289);
    expect(refuse({ ...MINIMUM, 'common.ts': large })).toEqual([
      'common.ts is 1.0 MB large; a file may have 1 MB',
    ]);
    expect(refuse({ ...MINIMUM, 'common.ts': large.slice(1) })).toEqual([]);
  });

  it('have at most 10 MB together with the packages', () => {
    const code = 'x'.repeat(1024 * 1024);
    const bundle = {
      modules: Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`p${i}`, code])),
      lock: [],
    };
    expect(refuse({ ...MINIMUM, 'protected.ts': '' }, bundle)).toEqual([
      'The files and packages are 10.0 MB together; a deploy may have 10 MB',
    ]);
  });

  it('are text that every store can keep', () => {
    expect(refuse({ ...MINIMUM, 'common.ts': 'a\0b' })).toEqual(['common.ts is not text: save it as UTF-8']);
    expect(refuse({ ...MINIMUM, 'common.ts': '\ud800' })).toEqual([
      'common.ts is not text: save it as UTF-8',
    ]);
  });

  it('have Protected Code when packages are sent', () => {
    expect(refuse(MINIMUM, EMPTY)).toEqual([
      expect.stringMatching(/^protected\.ts is missing, but packages were sent/),
    ]);
    expect(refuse({ ...MINIMUM, 'protected.js': '' }, EMPTY)).toEqual([]);
  });
});

it('looks at no more of very many files than it tells about', () => {
  const names = Array.from({ length: 200_000 }, (_, n) => [`${n}`.padStart(12, 'x'), '']);
  const files: Record<string, string> = { ...MINIMUM, ...Object.fromEntries(names) };
  const begin = process.cpuUsage();
  expect(refuse(files)).toHaveLength(50);
  const { user, system } = process.cpuUsage(begin);
  expect((user + system) / 1000).toBeLessThan(1000);
});
