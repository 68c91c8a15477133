import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { AppError } from '../runtime/app-error.ts';
import { type AdminTokenHash, authenticate } from './authenticate.ts';
import type { PublicCall, Services } from './endpoint.ts';
import { errorAnswer } from './error-answer.ts';
import { requireRole } from './role-check.ts';
import { SURFACE } from './surface.ts';
import type { SurfaceRow } from './surface-row.ts';

export interface AppOptions {
  readonly services: Services;
  readonly adminToken: AdminTokenHash;
}

/** The API: every row of the surface, and one answer for everything that is not on it. */
export function createApp({ services, adminToken }: AppOptions): Hono<{ Bindings: HttpBindings }> {
  const { log, runtime } = services;

  async function run(row: SurfaceRow, call: PublicCall): Promise<Response> {
    if (row.role === 'public') return row.endpoint.run(call);
    const header = call.request.headers.get('authorization');
    const actor = requireRole(await authenticate(header, adminToken, runtime.store), row.role);
    const { endpoint } = row;
    if (endpoint.body === undefined) return endpoint.run({ ...call, actor });
    return services.shares.withBody(actor, call.request, () => endpoint.run({ ...call, actor }));
  }

  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use(async (c, next) => {
    await next();
    c.res.headers.set('X-Content-Type-Options', 'nosniff');
    if (!c.res.headers.has('Cache-Control')) c.res.headers.set('Cache-Control', 'no-store');
  });
  for (const row of SURFACE) {
    app.on(row.verb, row.path, (c) =>
      run(row, {
        services,
        request: c.req.raw,
        part: (name) => c.req.param(name) ?? '',
        cut: () => c.env.outgoing.destroy(),
      }),
    );
  }
  app.notFound((c) => errorAnswer(nothingHere(c.req.method, c.req.path), log));
  app.onError((error) => errorAnswer(error, log));
  return app;
}

function nothingHere(verb: string, path: string): AppError {
  const verbs = SURFACE.filter((row) => matches(row.path, path)).map((row) => row.verb);
  if (verbs.length === 0) return new AppError('not_found', 404, 'There is nothing at this address.');
  const message = `${verb} is not possible here. There is: ${verbs.join(', ')}.`;
  return new AppError('method_not_allowed', 405, message, { details: verbs });
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const given = path.split('/');
  return (
    wanted.length === given.length &&
    wanted.every((segment, index) => segment.startsWith(':') || segment === given[index])
  );
}
