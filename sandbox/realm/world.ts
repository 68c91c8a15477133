import type { WebhookResult } from '../types.ts';
import { type Capabilities, constants } from './capabilities.ts';
import { RetryableJobError, UserError, ValidationError } from './errors.ts';
import type { RealmJob } from './job.ts';
import type { Fetch } from './web/fetch.ts';
import type { WebHost } from './web/host.ts';
import { createJobWeb } from './web/per-job.ts';
import { createSharedWeb } from './web/shared.ts';
import { createUrlContents } from './web/url-contents.ts';

/** What all jobs of a realm share: names that hold no state, frozen once. */
export interface World {
  readonly shared: Capabilities;
  /** The full set of names of one job; also its `globalThis`. */
  capabilities(job: RealmJob, own: Capabilities): Capabilities;
  /** `fetch`, and what is made of it: only Protected Code has them. */
  network(job: RealmJob): Capabilities;
  decodeText(bytes: Uint8Array): string;
  /** A `Response` taken apart, anything else as it is. */
  webhookResult(result: unknown): Promise<WebhookResult>;
}

interface ResponseLike {
  readonly status: number;
  readonly headers: Iterable<[string, string]>;
  arrayBuffer(): Promise<ArrayBuffer>;
}
type TextDecoderLike = new () => { decode(bytes: Uint8Array): string };
type ResponseType = new () => ResponseLike;

/** Makes what all jobs of this realm share. `host` are the functions of the runner. */
export function createWorld(host: WebHost): World {
  const shared: Capabilities = {
    __proto__: globalThis,
    ...createSharedWeb(host),
    ...constants,
    UserError,
    ValidationError,
    RetryableJobError,
  };
  const Response = shared.Response as ResponseType;
  const decoder = new (shared.TextDecoder as TextDecoderLike)();
  const jobWeb = (job: RealmJob) =>
    createJobWeb({
      startTimer: (ms, callback) => job.startTimer(ms, callback),
      stopTimer: (timerId) => job.stopTimer(timerId),
      call: (operation, value) => job.call(operation, [value]),
    });
  return {
    shared,
    capabilities(job, own) {
      const { fetch: _network, ...web } = jobWeb(job) as Capabilities;
      const names: Capabilities = { __proto__: shared, ...web, ...own, globalThis: undefined };
      names.globalThis = names;
      return names;
    },
    network(job) {
      const { fetch } = jobWeb(job) as { readonly fetch: Fetch };
      return { fetch, ...createUrlContents(fetch) };
    },
    decodeText: (bytes) => decoder.decode(bytes),
    async webhookResult(result) {
      if (!(result instanceof Response)) return { type: 'value', value: result };
      const body = new Uint8Array(await result.arrayBuffer());
      return { type: 'response', status: result.status, headers: [...result.headers], body };
    },
  };
}
