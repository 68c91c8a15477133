/**
 * About how many bytes a plain value takes on its way to another process; may stop counting once it is more than `most`. Two bytes
 * for a character, eight for anything else.
 */
export function plainSize(value: unknown, most: number): number {
  if (typeof value === 'string') return 8 + 2 * value.length;
  if (typeof value !== 'object' || value === null) return 8;
  if (ArrayBuffer.isView(value)) return 8 + value.byteLength;
  let size = 8;
  const isList = Array.isArray(value);
  for (const [key, part] of Object.entries(value)) {
    size += (isList ? 0 : key.length) + plainSize(part, most - size);
    if (size > most) return size;
  }
  return size;
}
