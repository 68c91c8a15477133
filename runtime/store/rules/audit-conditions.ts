import type { AuditFilter } from '../audit-store.ts';
import { validText } from '../text.ts';
import { allOf, type Condition, when } from './where.ts';

export function auditConditions(filter: AuditFilter): Condition {
  return allOf(
    when(filter.project && validText(filter.project), 'project = ?'),
    when(filter.kind, 'kind = ?'),
    when(filter.from, 'at >= ?'),
    when(filter.to, 'at < ?'),
  );
}
