/**
 * The words of Sluice, each used for one thing only, in code, messages and documentation.
 *
 * project     params, texts, secrets, Protected Code, Common Code and tasks that belong together; named by its slug
 * version     one accepted deploy of a project's files; numbered from 1; a job records the version it ran
 * task        one file of code with handlers, and the triggers that start it
 * trigger     what starts a job: cron, db, webhook or button; its name is its identity in the project
 * rhythm      when a cron trigger runs: every so often from a first run on, or by a cron pattern in a time zone
 * tick        one time at which a cron trigger is to run; its plan says when the next one comes
 * job         one event accepted by a trigger, from then until its final status
 * sub-job     a job that another job's code added: a function of the same task, queued once that job has succeeded
 * queue       the jobs of one task that wait for their turn; a claim takes the best of all queues
 * place       what a queued job needs to run: a process, a project and a task each have so many
 * slot        one of a bounded number, taken and given back; a running job of a task has one with a number
 * node        one `sluice serve`; several may share one PostgreSQL database
 * process     one start of a node, as the store knows it: it holds jobs, and what it does counts while it holds them
 * lease       how long a process may hold the jobs it claimed, unless it renews it; then others may take them
 * errand      the fetching of one access token by one process for all of them; has a lease
 * wish        that a job ends, noted with it, for the process that holds it
 * news        what one process tells the others; may be lost, since all of it is found again by looking
 * mark        a text that tells whether what is known of a project is still so
 * writer      one of several who count the same thing in rows of their own, so that none waits for another
 * delivery    one request to a webhook that checks its callers, with what was found; many of them have a job
 * edge        what a webhook checks of its callers, as its project.yaml says
 * attempt     one run of a job's handler; a queued job may have several
 * stray       a job that a process holds in the store and does not know of: the answer to its claim was lost
 * realm       a world of JavaScript in which programs run, hardened or of one job: the task realm or the protected realm
 * runner      a child process that holds realms; a task runner or a vault runner
 * spare       a runner (in it: a realm) that is ready and has no job yet
 * lane        which task runners serve a task, for how its jobs have behaved: new, shared, slow, own
 * recording   what a runner notes of the entry it makes, for the server to read when it is stuck or dead
 * quarantine  the time in which a task, or Protected Code, that ended its runner again and again is not started
 * bystander   a job that lost its runner to another one; guilty: its own code did it; suspect: it may have
 * hardening   what children are shut in with, as far as this host allows: measures, summed up as one of four levels
 * gate        the only way out of a project: policy, sealed secrets, turn, address, ledger row, then bytes
 * sealed      of a secret: only the gate has its value; Protected Code has a placeholder, which one attempt knows
 * audit       what Managers should know of: changes that people made, and secrets in text that tasks wrote
 * ledger      the append-only record of everything that left; its rows are chained
 * chain       the rows of the ledger that one process wrote, each signed with the one before it
 * checkpoint  a signed statement of how long a chain of the ledger was
 * roll-up     how many log lines of one kind there are in an hour; kept beside the lines, and written with them
 * sweep       one pass over what is kept, which deletes what is too old or too much
 * connection  what a project's `env` is bound to: the embedded store or an Odoo
 * record      one row of a model in `env`
 * link        what ties a record to a reference in another system, or references in two of them; of one relation
 * register    a named durable map of a project
 */

export type Role = 'user' | 'developer' | 'manager';
export type TriggerType = 'webhook' | 'button' | 'cron' | 'db';

export { LOG_LEVELS } from '../sandbox/log-levels.ts';

/** Statuses of a job in the order of badness: `overall` is the worst of a job and its sub-jobs. */
export const JOB_STATUSES = [
  'queued',
  'running',
  'done',
  'done_with_warnings',
  'cancelled',
  'failed',
  'timed_out',
  'limit_exceeded',
  'crashed',
] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

export const worseOf = (one: JobStatus, other: JobStatus): JobStatus =>
  JOB_STATUSES.indexOf(one) > JOB_STATUSES.indexOf(other) ? one : other;

export { HANDLER_OF } from '../sandbox/handlers.ts';
/** What the audit records. */
export const AUDIT_KINDS = [
  'secret_in_task_text',
  'deploy',
  'project_deleted',
  'project_switched',
  'trigger_switched',
  'trigger_planned',
  'hook_rotated',
  'job_cancelled',
  'job_retried',
  'redelivered',
  'param_set',
  'param_reset',
  'secret_set',
  'secret_deleted',
  'register_set',
  'register_deleted',
  'record_made',
  'record_changed',
  'record_deleted',
  'link_deleted',
  'token_made',
  'token_deleted',
] as const;
export type AuditKind = (typeof AUDIT_KINDS)[number];
