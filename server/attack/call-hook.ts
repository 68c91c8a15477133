import { setTimeout as sleep } from 'node:timers/promises';
import type { HookRequest } from './attack-case.ts';
import type { Canaries } from './canaries.ts';
import type { Target } from './target.ts';

const DEEP = 100_000;
const LONG = 8_000;

/** Sends a case's request to a webhook; resolves with the status of each answer. A caller that leaves hears none. */
export async function callHook(
  target: Target,
  url: string,
  request: HookRequest,
  canaries: Canaries,
): Promise<readonly number[]> {
  const filled = (text: string) => fill(text, canaries);
  const headers = Object.entries(request.headers).map(([name, value]) => [name, filled(value)]);
  const init: RequestInit = {
    method: request.method,
    headers: Object.fromEntries(headers),
    ...(request.body === undefined ? {} : { body: filled(request.body) }),
  };
  const address = `${url}${filled(request.path)}`;
  if (request.leave !== undefined) return leaving(target, address, init, request.leave);
  const all = Array.from({ length: request.times }, () => target.request(address, init));
  return (await Promise.all(all)).map(({ status }) => status);
}

async function leaving(
  target: Target,
  url: string,
  init: RequestInit,
  afterMs: number,
): Promise<readonly []> {
  const leave = new AbortController();
  const answered = target.request(url, { ...init, signal: leave.signal }).catch(() => undefined);
  await sleep(afterMs);
  leave.abort();
  await answered;
  return [];
}

const fill = (text: string, { values }: Canaries): string =>
  text
    .replaceAll('{{CANARY}}', values.CANARY ?? '')
    .replaceAll('{{DEEP}}', '[{"__proto__":'.repeat(DEEP))
    .replaceAll('{{LONG}}', 'x'.repeat(LONG));
