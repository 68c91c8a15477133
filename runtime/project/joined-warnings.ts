import type { Diagnostic } from '../../sandbox/types.ts';

const UNKNOWN_NAME = /^Type: Cannot find name '([^']+)'/;

/**
 * Warnings of the compiler, then those about types. Where both miss a name in a file, what the compiler says is kept, which
 * tells why, at the first place that the type checker found.
 */
export function joinedWarnings(
  warnings: readonly Diagnostic[],
  types: readonly Diagnostic[],
): readonly Diagnostic[] {
  const explains = (warning: Diagnostic, type: Diagnostic): boolean => {
    const name = UNKNOWN_NAME.exec(type.message)?.[1];
    return name !== undefined && warning.file === type.file && warning.message.startsWith(`"${name}" is `);
  };
  const placed = warnings.map((warning) => {
    const found = warning.line > 0 ? undefined : types.find((type) => explains(warning, type));
    return found === undefined ? warning : { ...warning, line: found.line, column: found.column };
  });
  return [...placed, ...types.filter((type) => !warnings.some((warning) => explains(warning, type)))];
}
