/** Bounds of what passes the gate. Times in milliseconds, sizes in bytes. The job's own end bounds everything. */
export const CONNECT_MS = 10_000;
/** From the request until the head of the answer is there. */
export const HEADERS_MS = 120_000;
/** Between two pieces of the answer's body. */
export const BODY_MS = 60_000;

export const MAX_REQUEST_BODY = 16 * 1024 * 1024;
/** Of an answer, decoded, when a script reads it. */
export const MAX_RESPONSE_BODY = 16 * 1024 * 1024;
/** Bodies of answers up to here come with the answer; larger ones wait in the spool until they are read or handed on. */
export const WITH_THE_ANSWER = 64 * 1024;

/** Bounds of the bodies that wait outside of the realm. */
export interface SpoolLimits {
  /** Of one body, on the way and after each decoding. */
  readonly body: number;
  /** Of all bodies of one project. */
  readonly project: number;
  /** Of all bodies of all projects. */
  readonly all: number;
  /** For one body to come in. */
  readonly ms: number;
}

export const SPOOL_LIMITS: SpoolLimits = Object.freeze({
  body: 256 * 1024 * 1024,
  project: 512 * 1024 * 1024,
  all: 2 * 1024 * 1024 * 1024,
  ms: 15 * 60_000,
});

/** Of one answer on the connection, with all that is around its body: interim answers, sizes of chunks, trailers. */
export const MAX_ON_THE_WIRE = SPOOL_LIMITS.body + 64 * 1024 * 1024;
/** Answers of 1xx before the real one. */
export const MAX_INTERIM_ANSWERS = 20;
export const MAX_REQUEST_HEADERS = 64 * 1024;
export const MAX_RESPONSE_HEADERS = 32 * 1024;
/** Names and values of one answer: each costs more than its bytes. */
export const MAX_HEADERS_OF_ANSWER = 1000;

export const MAX_REDIRECTS = 10;
/** Codings laid over one another in one answer. */
export const MAX_CODINGS = 2;

/** Requests under way at once; more wait for their turn. */
export const REQUESTS_PER_JOB = 16;
export const REQUESTS_PER_PROJECT = 64;
/** Requests of one job that may wait; more are errors. */
export const WAITING_PER_JOB = 1000;
/** Bodies, sent and received, that the requests under way of one project hold in memory. */
export const BODIES_PER_PROJECT = 128 * 1024 * 1024;

/** For the turn of a request where a rate or `Retry-After` holds it back; longer ones are refused at once. */
export const LONGEST_WAIT_MS = 60_000;
/** However long a server asks for. */
export const LONGEST_PAUSE_MS = 3_600_000;
/** Requests of one project that wait for one host and port. */
export const WAITING_PER_PLACE = 1000;
/** Hosts and ports with a rate or a pause that one project uses at once. */
export const PACED_PLACES_PER_PROJECT = 256;

/** Open at once for protocols other than HTTP. */
export const DIALLED_PER_PROJECT = 32;
