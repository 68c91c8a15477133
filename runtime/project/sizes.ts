const UNITS: ReadonlyMap<string, number> = new Map([
  ['b', 1],
  ['kb', 1024],
  ['mb', 1024 ** 2],
  ['gb', 1024 ** 3],
]);

/** What a size looks like, for messages. */
export const SIZE_FORM = 'a size such as "512KB", "64MB" or "1GB"';

/** Bytes of `64MB` (1 KB is 1024 bytes); undefined when the text is not a size. */
export function parseSize(text: string): number | undefined {
  const [, amount, unit] = /^(\d{1,9}) ?([a-z]{1,2})$/.exec(text.trim().toLowerCase()) ?? [];
  const factor = unit === undefined ? undefined : UNITS.get(unit);
  return factor === undefined ? undefined : Number(amount) * factor;
}
