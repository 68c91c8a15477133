/** `text/html` of `Text/HTML; charset=utf-8`. */
export function mediaTypeOf(header: string): string {
  const end = header.indexOf(';');
  return (end === -1 ? header : header.slice(0, end)).trim().toLowerCase();
}

/**
 * A parameter of a header like `form-data; name="a"; filename="b.txt"`. In quotes a backslash escapes only a quote or a
 * backslash, and `%22` stays: browsers differ, and a name is data. Undefined when there is none.
 */
export function parameterOf(header: string, wanted: string): string | undefined {
  const parameters = /\s*;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;"]*))/gy;
  parameters.lastIndex = Math.max(header.indexOf(';'), 0);
  for (let match = parameters.exec(header); match !== null; match = parameters.exec(header)) {
    const [, name = '', quoted, bare = ''] = match;
    if (name.toLowerCase() !== wanted) continue;
    return quoted === undefined ? bare.trim() : quoted.replaceAll(/\\(["\\])/g, '$1');
  }
  return undefined;
}
