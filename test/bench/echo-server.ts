import { serve } from '@hono/node-server';
import { Hono } from 'hono';

/** What the webhook is compared to: a bare Hono route that reads a JSON body and answers JSON. Prints its port. */
const app = new Hono();
app.post('/echo', async (context) => context.json({ got: await context.req.json() }));
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
  console.log(`listening on ${port}`),
);
