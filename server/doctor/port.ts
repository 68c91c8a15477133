import { messageOf } from '../../sandbox/message-of.ts';
import { listen } from '../listen.ts';
import { type Finding, ok, problem } from './finding.ts';

const ANSWER_MS = 2000;

/** Whether the server could listen, or one answers there already. */
export async function checkPort(host: string, port: number): Promise<Finding> {
  const name = 'port';
  if (port === 0) return ok(name, 'any free port');
  try {
    const listener = await listen(host, port);
    await listener.close(0);
    return ok(name, `${port} on ${host} is free`);
  } catch (error) {
    if (await isSluice(host, port)) return ok(name, `a Sluice answers on ${host} port ${port}`);
    return problem(name, messageOf(error), '');
  }
}

async function isSluice(host: string, port: number): Promise<boolean> {
  const local = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const name = local.includes(':') ? `[${local}]` : local;
  try {
    const answer = await fetch(`http://${name}:${port}/healthz`, { signal: AbortSignal.timeout(ANSWER_MS) });
    const body: unknown = await answer.json();
    return answer.ok && typeof body === 'object' && body !== null && 'status' in body;
  } catch {
    return false;
  }
}
