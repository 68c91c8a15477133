import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SURFACE } from '../../server/surface.ts';
import { type Instance, startInstance } from '../support/instance.ts';

interface Operation {
  readonly summary: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: object };
  readonly responses: Readonly<Record<string, unknown>>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

let instance: Instance;
let document: Document;
beforeAll(async () => {
  instance = await startInstance();
  document = (await (await fetch(`${instance.url}/api/v1/openapi.json`)).json()) as Document;
});
afterAll(() => instance.stop());

const operation = (verb: string, path: string) => document.paths[path]?.[verb];

describe('the OpenAPI document', () => {
  it('has every route of the surface and nothing else', () => {
    expect(document.openapi).toBe('3.1.0');
    const described = Object.entries(document.paths).flatMap(([path, verbs]) =>
      Object.keys(verbs).map((verb) => `${verb.toUpperCase()} ${path}`),
    );
    const rows = SURFACE.map((row) => `${row.verb} ${row.path.replaceAll(/:(\w+)/g, '{$1}')}`);
    expect(described.sort()).toEqual(rows.sort());
  });

  it('declares every part of a path, and who needs a login', () => {
    for (const [path, verbs] of Object.entries(document.paths)) {
      const parts = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const { parameters = [] } of Object.values(verbs)) {
        expect(parameters.filter((one) => one.in === 'path').map((one) => one.name)).toEqual(parts);
      }
    }
    expect(operation('get', '/healthz')?.security).toBeUndefined();
    expect(operation('get', '/api/v1/jobs')?.security).toEqual([{ token: [] }]);
  });

  it('is made from the schemas that check requests', () => {
    const names = operation('get', '/api/v1/jobs')?.parameters?.map((one) => one.name);
    expect(names).toEqual(['project', 'task', 'trigger', 'status', 'from', 'to', 'limit', 'after']);
    const ofLogs = operation('get', '/api/v1/logs')?.parameters?.map((one) => one.name);
    expect(ofLogs).toEqual(expect.arrayContaining(['q', 'status', 'group_by', 'limit', 'after']));
    expect(operation('get', '/api/v1/logs')?.responses).toMatchObject({
      200: { content: { 'application/json': { schema: { anyOf: [{}, {}] } } } },
    });
    expect(operation('post', '/api/v1/projects/{slug}/triggers/{name}/run')?.requestBody).toMatchObject({
      content: {
        'application/json': {
          schema: { properties: { wait: { maximum: 300 } }, additionalProperties: false },
        },
      },
    });
    expect(operation('get', '/api/v1/jobs/{id}')?.responses).toMatchObject({
      200: { content: { 'application/json': { schema: { properties: { duration_ms: {} } } } } },
    });
  });
});
