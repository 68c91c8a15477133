import type { z } from 'zod';
import type { Actor, Runtime } from '../runtime/runtime.ts';
import type { ApiShares } from './api-shares.ts';
import type { EndedTokens } from './ended-tokens.ts';
import { readJson } from './read-json.ts';
import { readQuery } from './read-query.ts';
import type { ServerLog } from './server-log.ts';

/** What every route can reach. */
export interface Services {
  readonly runtime: Runtime;
  readonly log: ServerLog;
  /** Aborted when the server begins to stop: open streams end. */
  readonly stopping: AbortSignal;
  readonly endedTokens: EndedTokens;
  readonly shares: ApiShares;
}

/** A request that needs no login. */
export interface PublicCall {
  readonly services: Services;
  readonly request: Request;
  /** Part of the path, decoded; "" when the route has no such part. */
  part(name: string): string;
  /** Ends the connection at once, whatever of the answer was sent. */
  cut(): void;
}

/** A request whose caller is known and may use this route. */
export interface Call extends PublicCall {
  readonly actor: Actor;
}

/** One thing the API can do. What it takes and answers is said with the schemas that also make the OpenAPI document. */
interface Spec<From extends PublicCall, Query, Body, Answer> {
  readonly summary: string;
  readonly query?: z.ZodType<Query>;
  readonly body?: z.ZodType<Body>;
  /** Null: an answer that is not JSON, or none. */
  readonly answer: z.ZodType<Answer> | null;
  readonly status?: 200 | 201 | 204;
  handle(
    call: From & { readonly query: Query; readonly body: Body },
  ): Promise<Answer | Response> | Answer | Response;
}

export interface Endpoint<From extends PublicCall = Call> {
  readonly summary: string;
  readonly query: z.ZodType | undefined;
  readonly body: z.ZodType | undefined;
  readonly answer: z.ZodType | null;
  readonly status: 200 | 201 | 204;
  run(call: From): Promise<Response>;
}

/** Checks what came in, calls `handle`, and sends what it returns; a `Response` goes out as it is. */
export function endpoint<From extends PublicCall = Call, Query = undefined, Body = undefined, Answer = never>(
  spec: Spec<From, Query, Body, Answer>,
): Endpoint<From> {
  const { summary, query, body, answer, status = 200 } = spec;
  return {
    summary,
    query,
    body,
    answer,
    status,
    run: async (call) => {
      const input = {
        ...call,
        query: readQuery(call.request.url, query) as Query,
        body: (body && (await readJson(call.request, body))) as Body,
      };
      const result = await spec.handle(input);
      if (result instanceof Response) return result;
      return status === 204 ? new Response(null, { status }) : Response.json(result, { status });
    },
  };
}
