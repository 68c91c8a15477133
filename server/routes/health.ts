import { z } from 'zod';
import { endpoint, type PublicCall } from '../endpoint.ts';

const stateShape = z.object({
  status: z.enum(['ok', 'stopping', 'store_unavailable']),
  since: z.string().optional().describe('of store_unavailable'),
});

export const healthz = endpoint({
  summary: 'The process is alive',
  answer: stateShape,
  handle: (_call: PublicCall) => ({ status: 'ok' as const }),
});

export const readyz = endpoint({
  summary: 'The server takes work; 503 while it starts or stops, or cannot reach its database',
  answer: stateShape,
  handle: ({ services: { stopping, runtime } }: PublicCall) => {
    if (stopping.aborted) return Response.json({ status: 'stopping' }, { status: 503 });
    const state = runtime.store.state();
    if (state.usable) return { status: 'ok' as const };
    const since = new Date(state.since).toISOString();
    return Response.json({ status: 'store_unavailable', since }, { status: 503 });
  },
});
