const MB = 1024 ** 2;

/** Records that one call may make, change, remove or read by id. */
export const MOST_RECORDS = 2000;
/** Records that one search may bring. */
export const MOST_FOUND = 10_000;
/** Changes that one transaction may keep. */
export const MOST_IN_TRANSACTION = 5000;
/** What one transaction, or one change outside of any, may keep in memory of records that it reads and writes, in bytes. */
export const MOST_KEPT_BYTES = 16 * MB;
/** What the jobs of db triggers that one commit starts may be stored with, in characters. */
export const MOST_STARTED = 64 * MB;
/** What domains may look at because of one query within a transaction, or for one trigger because of one change, in characters: about a second. */
export const MOST_JUDGED = 100_000_000;
/** Models that come to be by one of them: each is a table. */
export const MOST_NEW_MODELS = 10;
/** Of one record without its binary fields, in bytes of JSON. */
export const LARGEST_RECORD = MB;
/** Of the name that a many2one is shown with, in characters. */
export const LONGEST_NAME = 1000;
/** Of one binary value. */
export const LARGEST_FILE = 8 * MB;
/** All records together, unless the operator says otherwise. */
export const MOST_BYTES = 8 * 1024 * MB;
/** Fields of one model, and models in all. */
export const MOST_FIELDS = 300;
export const MOST_MODELS = 1000;
/** What one answer may bring, in bytes; more cannot cross anyway. */
export const LARGEST_ANSWER = 8 * MB;
