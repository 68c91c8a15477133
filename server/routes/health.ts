import { z } from 'zod';
import { endpoint, type PublicCall } from '../endpoint.ts';

const stateShape = z.object({ status: z.enum(['ok', 'stopping']) });

export const healthz = endpoint({
  summary: 'The process is alive',
  answer: stateShape,
  handle: (_call: PublicCall) => ({ status: 'ok' as const }),
});

export const readyz = endpoint({
  summary: 'The server takes work; 503 while it starts or stops',
  answer: stateShape,
  handle: ({ services }: PublicCall) =>
    services.stopping.aborted
      ? Response.json({ status: 'stopping' }, { status: 503 })
      : { status: 'ok' as const },
});
