import type { Diagnostic } from '../../sandbox/types.ts';
import { select } from './references.ts';
import type { YamlSource } from './yaml-source.ts';

/** Of one project: each is looked ahead for whenever the project is deployed, planned or shown, on the server's thread. */
const MOST = 100;

/** The cron trigger that is one too many, found before any of them is looked at. */
export function excessOfCron(source: YamlSource): Diagnostic | undefined {
  const types = select(source.value, ['tasks', '*', 'triggers', '*', 'type']);
  const excess = types.filter(({ value }) => value === 'cron')[MOST];
  if (excess === undefined) return undefined;
  return source.at(
    excess.path,
    `a project has at most ${MOST} cron triggers: let one of them do several things`,
  );
}
