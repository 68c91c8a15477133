import { getAsset, getAssetKeys, getRawAsset } from 'node:sea';

/** The files that the single binary carries along. */
export interface EmbeddedFiles {
  /** Changes with their contents; names the folder they are taken out to. */
  readonly id: string;
  /** Like paths in that folder: `esbuild`, `scripts/demo/project.yaml`. */
  readonly names: readonly string[];
  /** Not to be written to: it is the program's own memory. */
  bytes(name: string): Uint8Array;
}

/** Under this name the build puts the id beside the files. */
export const ID_ASSET = 'files-id';

export function embeddedFiles(): EmbeddedFiles {
  return {
    id: getAsset(ID_ASSET, 'utf8'),
    names: getAssetKeys().filter((name) => name !== ID_ASSET),
    bytes: (name) => new Uint8Array(getRawAsset(name)),
  };
}
