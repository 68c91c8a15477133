/** The name of a field. Such names may stand in a database's own language without quoting. */
const FIELD_NAME = /^[A-Za-z0-9_]{1,64}$/;

export const isFieldName = (name: string): boolean => FIELD_NAME.test(name);
