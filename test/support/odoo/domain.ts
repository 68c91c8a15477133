import { valueError } from './odoo-fault.ts';

type FieldOf = (field: string) => unknown;

/** Whether a record fits a domain in prefix notation; terms without an operator between them are joined by "and". */
export function fits(domain: unknown, fieldOf: FieldOf): boolean {
  if (!Array.isArray(domain)) throw valueError(`Domain() invalid item in domain: ${String(domain)}`);
  const stack: boolean[] = [];
  for (const term of domain.toReversed()) {
    if (term === '!') stack.push(!stack.pop());
    else if (term === '&' || term === '|') {
      const one = stack.pop() === true;
      const other = stack.pop() === true;
      stack.push(term === '&' ? one && other : one || other);
    } else stack.push(fitsTerm(term, fieldOf));
  }
  return stack.every(Boolean);
}

export const speaksOf = (domain: unknown, field: string): boolean =>
  Array.isArray(domain) && domain.some((term) => Array.isArray(term) && term[0] === field);

function fitsTerm(term: unknown, fieldOf: FieldOf): boolean {
  if (!Array.isArray(term) || term.length !== 3) throw valueError(`Invalid leaf ${JSON.stringify(term)}`);
  const [field, operator, wanted] = term as [string, string, unknown];
  const value = comparable(fieldOf(field));
  const to = Array.isArray(wanted) ? wanted.map((each) => like(value, each)) : like(value, wanted);
  switch (operator) {
    case '=':
      return value === to;
    case '!=':
      return value !== to;
    case 'in':
      return Array.isArray(to) && to.includes(value);
    case 'not in':
      return Array.isArray(to) && !to.includes(value);
    case 'ilike':
      return value !== false && `${value}`.toLowerCase().includes(`${to}`.toLowerCase());
    case '<':
    case '<=':
    case '>':
    case '>=':
      return value !== false && ordered(Number(value), operator, Number(to));
    default:
      throw valueError(`Invalid operator ${operator} in leaf ${JSON.stringify(term)}`);
  }
}

function ordered(value: number, operator: '<' | '<=' | '>' | '>=', to: number): boolean {
  if (operator === '<') return value < to;
  if (operator === '<=') return value <= to;
  return operator === '>' ? value > to : value >= to;
}

const comparable = (value: unknown): unknown => (value instanceof Date ? value.getTime() : value);

/** Text beside a time is a time in UTC. */
function like(value: unknown, wanted: unknown): unknown {
  if (typeof value !== 'number' || typeof wanted !== 'string') return wanted ?? false;
  return Date.parse(`${wanted.replace(' ', 'T')}Z`);
}
