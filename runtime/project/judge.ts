import { isDeepStrictEqual } from 'node:util';
import { isProtectedFile } from '../../sandbox/code-files.ts';
import type { PackageBundle } from '../../sandbox/types.ts';
import { AppError } from '../app-error.ts';
import type { Actor } from '../runtime.ts';
import { carryOver, type Move } from './carry-over.ts';
import { judgeManifest } from './judge-manifest.ts';
import type { Manifest } from './manifest.ts';
import { PROJECT_FILE } from './names.ts';
import type { YamlSource } from './yaml-source.ts';

/** What somebody wants to deploy; `source` is where `manifest` was read from. */
export interface Proposal {
  readonly files: Readonly<Record<string, string>>;
  readonly bundle: PackageBundle | null;
  readonly manifest: Manifest;
  readonly source: YamlSource;
}

/** What the active version has of the same; undefined when the project is new. */
export type ActiveFiles = Pick<Proposal, 'files' | 'bundle' | 'manifest'> | undefined;

/** The files and packages that will really be deployed. */
export type Judged = Pick<Proposal, 'files' | 'bundle'>;

/** Users may not deploy at all. */
function requireDeployer(actor: Actor): void {
  if (actor.role !== 'user') return;
  throw new AppError('forbidden', 403, 'Users cannot deploy. Ask a Developer or a Manager to do it.');
}

/**
 * Judges a deploy by the role of who makes it. A Manager's is taken as it is: what is absent is removed. In a Developer's,
 * what only Managers may change is carried over from the active version when absent, and refused (403, naming each file
 * and key) when present and different.
 */
export function judgeDeploy(proposal: Proposal, active: ActiveFiles, actor: Actor): Judged {
  requireDeployer(actor);
  if (actor.role === 'manager') return { files: proposal.files, bundle: proposal.bundle };
  const code = judgeProtectedCode(proposal, active);
  const rules = judgeManifest(proposal, active?.manifest, actor);
  const refused = [...code.refused, ...rules.refused];
  if (refused.length > 0) throw forbidden(refused);
  return { files: withRules(code.files, rules.moves, active), bundle: code.bundle };
}

function judgeProtectedCode(
  { files, bundle }: Proposal,
  active: ActiveFiles,
): Judged & { readonly refused: readonly string[] } {
  const given = Object.keys(files).filter(isProtectedFile);
  const refused = given.filter((name) => ownText(active?.files, name) !== files[name]);
  const kept = Object.entries(active?.files ?? {}).filter(
    ([name]) => given.length === 0 && isProtectedFile(name),
  );
  const activeBundle = active?.bundle ?? null;
  if (bundle !== null && !isDeepStrictEqual(bundle, activeBundle))
    refused.push('the packages of Protected Code');
  return { files: { ...files, ...Object.fromEntries(kept) }, bundle: bundle ?? activeBundle, refused };
}

function ownText(files: Readonly<Record<string, string>> | undefined, name: string): string | undefined {
  return files !== undefined && Object.hasOwn(files, name) ? files[name] : undefined;
}

function withRules(
  files: Readonly<Record<string, string>>,
  moves: readonly Move[],
  active: ActiveFiles,
): Readonly<Record<string, string>> {
  const text = files[PROJECT_FILE];
  const activeText = active?.files[PROJECT_FILE];
  if (moves.length === 0 || text === undefined || activeText === undefined) return files;
  return { ...files, [PROJECT_FILE]: carryOver(text, activeText, moves) };
}

function forbidden(refused: readonly string[]): AppError {
  const message = `Only a Manager may change ${refused.join(', ')}. Leave it out to keep what is active, or ask a Manager to deploy it.`;
  return new AppError('forbidden', 403, message, { details: refused });
}
