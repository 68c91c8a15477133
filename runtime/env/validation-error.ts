/** An error for code of a project: it arrives there as a `ValidationError`. */
export function validationError(message: string): Error {
  const error = new Error(message);
  error.name = 'ValidationError';
  return error;
}

/** A record that is asked for by its id is not there. */
export function missingError(model: string, id: number): Error {
  const error = new Error(`${model}(${id}) does not exist. It was deleted, or never was.`);
  error.name = 'MissingError';
  return error;
}

/** What a value is, for a message, shortened. */
export function shown(value: unknown): string {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid Date' : value.toISOString();
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
