import { openPostgres } from './conformance/open-postgres.ts';
import { describeStore } from './conformance.ts';

describeStore('postgres', openPostgres());
