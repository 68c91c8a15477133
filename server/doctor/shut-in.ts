import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Hardening } from '../../sandbox/hardening/find-hardening.ts';
import { missingFor, PROMISES, SANDBOX_LEVELS, type SandboxLevel } from '../../sandbox/hardening/levels.ts';
import { ownTsc } from '../../sandbox/type-check/run-tsc.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

/** The level that this host allows, and what is in the way of the next one. */
export function checkSandbox({ level, measures }: Hardening, required: SandboxLevel): Finding {
  const name = 'sandbox';
  const reached = SANDBOX_LEVELS.indexOf(level);
  const text = `level "${level}"`;
  const details = [
    ...SANDBOX_LEVELS.slice(0, reached + 1).map((each) => `${each}: ${PROMISES[each]}`),
    ...measures.map((each) => `${each.taken ? 'taken' : 'not taken'}: ${each.name}: ${each.text}`),
  ];
  const wanted = reached < SANDBOX_LEVELS.indexOf(required) ? required : SANDBOX_LEVELS[reached + 1];
  if (wanted === undefined) return ok(name, text, details);
  const todo = `For "${wanted}": ${missingFor(wanted, measures)
    .map((each) => each.text)
    .join(' Or: ')}`;
  if (wanted === required) return problem(name, `${text}; "${required}" is required`, todo, details);
  return warning(name, text, todo, details);
}

/** Whether deploys are told about type errors. `tsc`: as configured. */
export function checkTypeChecker(tsc: string | undefined): Finding {
  const name = 'types';
  if (tsc === 'none') return ok(name, 'not checked on deploy, as configured');
  const file = tsc === undefined ? ownTsc() : path.resolve(tsc);
  if (file !== undefined && existsSync(file)) return ok(name, `checked on deploy by ${file}`);
  if (tsc !== undefined)
    return problem(name, `There is no ${file}.`, 'Name the native tsc of TypeScript 7 with --tsc.');
  return warning(name, 'not checked on deploy: there is no TypeScript here', 'Name its tsc with --tsc.');
}
