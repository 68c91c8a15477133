/**
 * As a condition of SQL: the table or sequence with this `oid` does not belong to an extension. Those of PostGIS may be in the schema
 * of Sluice; they are neither moved nor touched.
 */
export const notOfExtension = (oid: string): string => `NOT EXISTS (
  SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = ${oid} AND deptype = 'e')`;
