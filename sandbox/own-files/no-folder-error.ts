/** None of the directories for files of our own can be used. The message says why not, and what to do. */
export class NoFolderError extends Error {
  constructor(reasons: readonly string[]) {
    super(
      `There is no directory for the files that Sluice carries along: ${reasons.join('; ')}. ` +
        'Name one with SLUICE_CACHE_DIR: it must belong to this user, and may not be mounted noexec.',
    );
    this.name = 'NoFolderError';
  }
}
