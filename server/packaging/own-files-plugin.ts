import { fileURLToPath } from 'node:url';
import type { OnResolveArgs, Plugin } from 'esbuild';

const here = (path: string): string => JSON.stringify(fileURLToPath(new URL(path, import.meta.url)));
const LOAD_ADDON = here('../binary/load-addon.ts');
const OWN_PATH = here('../../sandbox/own-path.ts');

interface Replacement {
  /** The module that is asked for, and which package asks for it. */
  readonly module: RegExp;
  readonly importer: RegExp;
  readonly contents: string;
}

/** Three packages look for a file beside themselves. In the binary the file is where `ownPath` says. */
const REPLACEMENTS: readonly Replacement[] = [
  {
    module: /^node-gyp-build$/,
    importer: /\/isolated-vm\//,
    contents: `const { loadAddon } = require(${LOAD_ADDON});
      module.exports = () => loadAddon('isolated-vm.node');`,
  },
  {
    module: /^\.\/binding$/,
    importer: /\/better-sqlite3\//,
    contents: `const { loadAddon } = require(${LOAD_ADDON});
      const addon = loadAddon('better-sqlite3.node');
      exports.getBinding = () => addon;`,
  },
  {
    module: /^esbuild$/,
    importer: /\/sandbox\//,
    contents: `const { ownPath } = require(${OWN_PATH});
      process.env.ESBUILD_BINARY_PATH = ownPath('esbuild');
      module.exports = require('esbuild');`,
  },
];

const NAMESPACE = 'own-files';

export const ownFilesPlugin: Plugin = {
  name: NAMESPACE,
  setup(build) {
    for (const [index, { module, importer, contents }] of REPLACEMENTS.entries()) {
      build.onResolve({ filter: module }, (asked: OnResolveArgs) =>
        asked.namespace === 'file' && importer.test(asked.importer)
          ? { path: String(index), namespace: NAMESPACE }
          : undefined,
      );
      build.onLoad({ filter: new RegExp(`^${index}$`), namespace: NAMESPACE }, () => ({
        contents,
        resolveDir: fileURLToPath(new URL('.', import.meta.url)),
      }));
    }
  },
};
