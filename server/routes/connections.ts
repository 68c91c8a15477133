import { z } from 'zod';
import { connectionPage } from '../connection-page.ts';
import { endpoint, type PublicCall } from '../endpoint.ts';
import { findProject } from './find-project.ts';

const LONGEST_URL = 2000;
const LONGEST_CODE = 4096;

const address = z.string().max(LONGEST_URL).refine(isAddress, {
  error: 'it takes an address with https:// or http://, without a user name and a fragment',
});

export const authorizeSecret = endpoint({
  summary: 'Begin to connect a sealed secret to an OAuth 2 provider',
  body: z.strictObject({
    authorize_url: address,
    token_url: address,
    client_id: z.string().min(1).max(LONGEST_URL),
    client_secret: z.string().min(1).max(200).optional().describe('key of a secret of the project'),
    client_auth: z
      .enum(['basic', 'body'])
      .default('basic')
      .describe('where the secret of the client stands: in Authorization, or in the body'),
    scope: z.string().min(1).max(LONGEST_URL).optional(),
  }),
  answer: z.object({
    url: z.string().describe('for the browser of the person who agrees'),
    state: z.string(),
    expires_at: z.string(),
  }),
  handle: async (call) => {
    const { slug } = findProject(call).project;
    const { runtime } = call.services;
    const begun = await runtime.beginConnection(slug, call.part('key'), call.body, call.actor);
    const { url, state, expiresAt } = begun;
    return { url, state, expires_at: new Date(expiresAt).toISOString() };
  },
});

/** Where providers send people back to. The state is what lets them in. */
export const oauthCallback = endpoint({
  summary: 'Where an OAuth 2 provider sends people back to; answers a page',
  // Providers add parameters of their own.
  query: z.object({
    state: z.string().max(100).default(''),
    code: z.string().max(LONGEST_CODE).optional(),
    error: z.string().max(LONGEST_CODE).optional(),
  }),
  answer: null,
  handle: async ({
    services: { runtime, log },
    query: { state, code, error },
  }: PublicCall & {
    readonly query: {
      readonly state: string;
      readonly code?: string | undefined;
      readonly error?: string | undefined;
    };
  }) => {
    const end = await runtime.finishConnection({ state, code, error });
    const { connected, project, key, message } = end;
    if (!connected && project !== null) log.warning('no connection', { project, secret: key, message });
    return connectionPage(end);
  },
});

function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '' && hash === '';
}
