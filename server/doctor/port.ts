import { messageOf } from '../../sandbox/message-of.ts';
import { listen } from '../listen.ts';
import { type Finding, ok, problem, warning } from './finding.ts';
import { listensOn } from './listens-on.ts';

const ANSWER_MS = 2000;

/**
 * Whether the server could listen, or listens already. `holder`: the process that uses the data directory, as `checkLock`
 * found it: another Sluice at this port is in the way like any other program.
 */
export async function checkPort(
  host: string,
  port: number,
  holder: number | null | undefined,
): Promise<Finding> {
  const name = 'port';
  if (port === 0) return ok(name, 'any free port');
  try {
    const listener = await listen(host, port);
    await listener.close(0);
    return ok(name, `${port} on ${host} is free`);
  } catch (error) {
    if (!(await isSluice(host, port))) return problem(name, messageOf(error), '');
    const itself = holder === undefined ? false : holder === null ? undefined : listensOn(holder, port);
    if (itself) return ok(name, `${port} on ${host} is where the server of this data directory listens`);
    const todo = 'Choose another port with --port, or stop the other Sluice.';
    if (itself === false)
      return problem(name, `A Sluice with another data directory listens on ${host} port ${port}.`, todo);
    return warning(
      name,
      `A Sluice listens on ${host} port ${port}; whether it is that of this data directory cannot be told.`,
      'Run this as the user who runs Sluice to know it.',
    );
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
