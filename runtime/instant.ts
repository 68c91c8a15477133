const INSTANT = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/;

/** ISO 8601 in UTC of a time that names its zone; undefined when the text is not such a time. */
export function parseInstant(text: string): string | undefined {
  const [, day] = INSTANT.exec(text) ?? [];
  const instant = new Date(text);
  if (day === undefined || Number.isNaN(instant.getTime())) return undefined;
  return isCalendarDay(day) ? instant.toISOString() : undefined;
}

/** `Date` reads 30 February as 2 March; this does not. */
function isCalendarDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}
