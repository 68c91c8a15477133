import type { Diagnostic, PackageBundle, Program, Sandbox } from '../../sandbox/types.ts';
import { AppError } from '../app-error.ts';
import type { Actor } from '../runtime.ts';
import { checkFiles } from './check-files.ts';
import { checkAgainstFiles, checkHandlers } from './check-manifest.ts';
import { type ActiveFiles, judgeDeploy } from './judge.ts';
import { warnOfCutLimits } from './limit-warnings.ts';
import type { Manifest } from './manifest.ts';
import { PROJECT_FILE } from './names.ts';
import { refuseUnsupported } from './not-yet.ts';
import { warnOfOwnRealms } from './own-realms.ts';
import { type ManifestResult, parseManifest } from './parse-manifest.ts';
import { warnOfUnboundSecrets } from './secret-warnings.ts';
import type { YamlSource } from './yaml-source.ts';

export interface DeployRequest {
  /** From the URL. */
  readonly slug: string;
  readonly files: Readonly<Record<string, string>>;
  readonly bundle: PackageBundle | null;
  readonly actor: Actor;
}

/** A version that could be stored, or run once. */
export interface PreparedVersion {
  readonly files: Readonly<Record<string, string>>;
  readonly bundle: PackageBundle | null;
  readonly manifest: Manifest;
  readonly program: Program;
  readonly warnings: readonly Diagnostic[];
  /** Finds the lines of project.yaml. */
  readonly source: YamlSource;
}

/**
 * Everything a deploy goes through before it is stored: the set of files, project.yaml, the role of the deployer, the
 * compiler, the handlers. Refusals are `AppError`: `invalid_project` (422) with `details: Diagnostic[]`, `forbidden` (403),
 * `compiler_busy` (503).
 */
export async function prepareDeploy(
  sandbox: Pick<Sandbox, 'compile'>,
  request: DeployRequest,
  active: ActiveFiles,
): Promise<PreparedVersion> {
  refuseIf(checkFiles(request.files, request.bundle));
  const { manifest: proposed, source } = readManifest(request.files);
  const { files, bundle } = judgeDeploy({ ...request, manifest: proposed, source }, active, request.actor);
  const read = files === request.files ? readManifest(request.files) : readManifest(files);
  const { manifest, warnings } = read;
  refuseIf([
    ...checkAgainstFiles(request.slug, manifest, source, files),
    ...refuseUnsupported(manifest, source),
  ]);
  const compiled = await sandbox.compile({ files: codeOf(files), bundle }, request.slug);
  if (!compiled.ok) throw compiled.busy ? compilerBusy(compiled.errors) : invalidProject(compiled.errors);
  refuseIf(checkHandlers(manifest, source, compiled.program));
  return {
    files,
    bundle: compiled.bundle ?? bundle,
    manifest,
    program: compiled.program,
    source: read.source,
    warnings: [
      ...warnings,
      ...warnOfUnboundSecrets(manifest, source),
      ...warnOfCutLimits(manifest, source),
      ...warnOfOwnRealms(manifest, source),
      ...compiled.warnings,
    ],
  };
}

function readManifest(files: Readonly<Record<string, string>>): Extract<ManifestResult, { ok: true }> {
  const parsed = parseManifest(files[PROJECT_FILE] ?? '');
  if (!parsed.ok) throw invalidProject(parsed.errors);
  return parsed;
}

function codeOf(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).filter(([name]) => name !== PROJECT_FILE));
}

/** Throws `invalid_project` (422) when something is wrong. */
export function refuseIf(errors: readonly Diagnostic[]): void {
  if (errors.length > 0) throw invalidProject(errors);
}

const compilerBusy = ([error]: readonly Diagnostic[]): AppError =>
  new AppError('compiler_busy', 503, `Not deployed: ${error?.message ?? ''}`);

const MOST_REPORTED = 50;

/** Nothing of the deploy is kept; the reasons are in `details`, the first ones of very many. */
export function invalidProject(errors: readonly Diagnostic[]): AppError {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const where = first === undefined || first.line === 0 ? '' : `${first.file}:${first.line}:${first.column} `;
  return new AppError('invalid_project', 422, `Not deployed: ${where}${first?.message ?? ''}${more}`, {
    details: errors.slice(0, MOST_REPORTED),
  });
}
