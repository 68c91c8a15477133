/** For code of a project: a record that it asked for by id is not there. */
export function missingError(model: string, id: number): Error {
  const error = new Error(`${model}(${id}) does not exist. It was deleted, or never was.`);
  error.name = 'MissingError';
  return error;
}
