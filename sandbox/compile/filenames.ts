/** Names of compiled units as V8 shows them in stacks begin with it. No author's file can be called so. */
export const SOURCE_PREFIX = 'sluice:';
export const TASK_FILENAME = 'sluice:task';
export const PROTECTED_FILENAME = 'sluice:protected';

/** In front of a package's specifier, in place of an author's file: `npm:zod`. */
export const PACKAGE_PREFIX = 'npm:';
