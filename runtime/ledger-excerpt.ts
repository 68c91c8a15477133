import type { LiveProject } from './live-project.ts';
import type { Masker } from './mask/masker.ts';

const EXCERPT_BYTES = 1024;

/** What a ledger row shows of data that leave: their beginning, masked; null where `keep.excerpt` of project.yaml is `none`. */
export function ledgerExcerpt(
  { version }: Pick<LiveProject, 'version'>,
  masker: Masker,
  data: string | Uint8Array,
): string | null {
  return version.manifest.keep.excerpt === 'none' ? null : masker.excerpt(data, EXCERPT_BYTES);
}
