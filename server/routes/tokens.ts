import { z } from 'zod';
import { notFound } from '../../runtime/app-error.ts';
import { uuidv7 } from '../../runtime/ids.ts';
import { hashToken } from '../authenticate.ts';
import { endpoint } from '../endpoint.ts';
import { listOf } from '../shapes/common.ts';
import { roleShape, tokenShape, toToken } from '../shapes/token.ts';
import { newTokenText } from '../token-text.ts';
import { writeAudit } from '../write-audit.ts';

export const listTokens = endpoint({
  summary: 'API tokens, without their text',
  answer: listOf(tokenShape),
  handle: async ({ services }) => {
    const rows = await services.runtime.store.listTokens();
    return { items: rows.map(toToken), next: null };
  },
});

export const createToken = endpoint({
  summary: 'Make an API token; its text is shown this once',
  body: z.strictObject({ name: z.string().trim().min(1).max(100), role: roleShape }),
  answer: tokenShape.extend({ token: z.string() }),
  status: 201,
  handle: async (call) => {
    const { services, body, actor } = call;
    const token = newTokenText();
    const row = {
      id: uuidv7(),
      name: body.name,
      role: body.role,
      hash: hashToken(token).toString('hex'),
      created_at: Date.now(),
      created_by: actor.name,
    };
    await services.runtime.store.putToken(row);
    await writeAudit(call, {
      kind: 'token_made',
      name: row.name,
      message: `A token with the role ${row.role} was made.`,
    });
    return { ...toToken(row), token };
  },
});

export const deleteToken = endpoint({
  summary: 'Delete an API token; it ends at once',
  answer: null,
  status: 204,
  handle: async (call) => {
    const id = call.part('id');
    const deleted = await call.services.runtime.store.deleteToken(id);
    call.services.endedTokens.end(id);
    if (!deleted) throw notFound(`The token ${JSON.stringify(id)}`, 'Check the id.');
    await writeAudit(call, { kind: 'token_deleted', name: id, message: 'A token was deleted.' });
    return new Response(null, { status: 204 });
  },
});
