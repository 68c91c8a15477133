import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import packageJson from '../package.json' with { type: 'json' };
import type { SurfaceRow } from './surface-row.ts';

const errorShape = z.object({
  error: z.object({ code: z.string(), message: z.string(), details: z.unknown() }),
});

/** The OpenAPI 3.1 document of the surface, made from the schemas that check requests. */
export function openApi(surface: readonly SurfaceRow[]): object {
  const app = new OpenAPIHono();
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  for (const row of surface) app.openAPIRegistry.registerPath(toRoute(row));
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Sluice', version: packageJson.version },
  });
}

type Route = Parameters<OpenAPIHono['openAPIRegistry']['registerPath']>[0];

function toRoute(row: SurfaceRow): Route {
  const { query, body, summary } = row.endpoint;
  const parts = [...row.path.matchAll(/:(\w+)/g)].map(([, name = '']) => [name, z.string()]);
  const params = z.object(Object.fromEntries(parts));
  return createRoute({
    method: row.verb.toLowerCase() as Lowercase<SurfaceRow['verb']>,
    path: row.path.replaceAll(/:(\w+)/g, '{$1}'),
    summary,
    ...(row.role === 'public' ? {} : { description: `Role: ${row.role}`, security: [{ token: [] }] }),
    request: {
      ...(parts.length > 0 ? { params } : {}),
      ...(query instanceof z.ZodObject ? { query } : {}),
      ...(body ? { body: { required: true, content: { 'application/json': { schema: body } } } } : {}),
    },
    responses: {
      [row.endpoint.status]: success(row),
      default: { description: 'A refusal', content: { 'application/json': { schema: errorShape } } },
    },
  });
}

function success({ endpoint }: SurfaceRow) {
  if (endpoint.answer === null) return { description: 'Done' };
  return { description: 'Done', content: { 'application/json': { schema: endpoint.answer } } };
}
