import { demoCommand } from './demo.ts';
import type { RunningServer } from './serve.ts';

/** What a person who has just started the server can do now. `tokenFile`: null when the token came from the environment. */
export function nextSteps({ url, runtime }: RunningServer, tokenFile: string | null): string {
  if (url === null) return '';
  const tryIt = demoCommand(runtime);
  const steps = [
    ['API', `${url}/api/v1, described in ${url}/api/v1/openapi.json`],
    ['Token', tokenFile === null ? 'the one in SLUICE_ADMIN_TOKEN' : `in ${tokenFile}, of a Manager`],
    ...(tryIt === undefined ? [] : [['Try it', tryIt]]),
  ];
  return steps.map(([name = '', text]) => `  ${name.padEnd(7)} ${text}\n`).join('');
}
