import { endpoint, type PublicCall } from '../endpoint.ts';
import type { SurfaceRow } from '../surface-row.ts';

/** The document is made when somebody asks for the first time: its library is not needed for anything else. */
export function openApiDocument(surface: () => readonly SurfaceRow[]) {
  let document: object | undefined;
  return endpoint({
    summary: 'This API as an OpenAPI 3.1 document',
    answer: null,
    handle: async (_call: PublicCall) => {
      const { openApi } = await import('../openapi.ts');
      document ??= openApi(surface());
      return Response.json(document);
    },
  });
}
