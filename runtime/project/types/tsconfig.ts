const OPTIONS = {
  target: 'es2024',
  lib: ['es2024', 'esnext.disposable'],
  module: 'esnext',
  moduleResolution: 'bundler',
  moduleDetection: 'force',
  types: [],
  strict: true,
  noImplicitAny: false,
  allowJs: true,
  skipLibCheck: true,
  composite: true,
  noEmit: true,
};

const KINDS: Readonly<Record<string, readonly string[]>> = {
  protected: ['../protected.ts', '../protected.js', 'protected-only.d.ts', 'protected.d.ts'],
  common: ['../common.ts', '../common.js', 'common.d.ts', 'protected-only.d.ts', 'protected-code.*'],
  tasks: [
    '../tasks/*.ts',
    '../tasks/*.js',
    '../common.ts',
    '../common.js',
    'tasks.d.ts',
    'protected-only.d.ts',
    'protected-code.*',
    'common-code.*',
  ],
};

/** tsconfig.json, which refers to one project for each kind of code. */
export function tsconfigFiles(): Record<string, string> {
  const kinds = Object.entries(KINDS);
  const references = kinds.map(([kind]) => ({ path: `./.sluice/tsconfig.${kind}.json` }));
  return {
    'tsconfig.json': write({ files: [], references }),
    ...Object.fromEntries(
      kinds.map(([kind, include]) => [
        `.sluice/tsconfig.${kind}.json`,
        write({ compilerOptions: OPTIONS, include: ['../sluice.d.ts', ...include] }),
      ]),
    ),
  };
}

function write(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
