import { describe } from 'vitest';
import { describeAudit } from './conformance/audit.ts';
import { describeBatches } from './conformance/batches.ts';
import { describeCron } from './conformance/cron.ts';
import { describeDeliveries } from './conformance/deliveries.ts';
import type { OpenStore } from './conformance/harness.ts';
import { describeJobs } from './conformance/jobs.ts';
import { describeLeases } from './conformance/leases.ts';
import { describeLedger } from './conformance/ledger.ts';
import { describeLedgerChecks } from './conformance/ledger-checks.ts';
import { describeLedgerRemoval } from './conformance/ledger-removal.ts';
import { describeLinkReferences } from './conformance/link-references.ts';
import { describeLinks } from './conformance/links.ts';
import { describeLogGroups } from './conformance/log-groups.ts';
import { describeLogs } from './conformance/logs.ts';
import { describeNodes } from './conformance/nodes.ts';
import { describeProjects } from './conformance/projects.ts';
import { describeQueue } from './conformance/queue.ts';
import { describeRaces } from './conformance/races.ts';
import { describeRecords } from './conformance/records.ts';
import { describeRegisters } from './conformance/registers.ts';
import { describeRetention } from './conformance/retention.ts';
import { describeSecretsAndTokens } from './conformance/secrets-and-tokens.ts';
import { describeTimed } from './conformance/timed.ts';

/** What every implementation of `Store` does. `open` gives an empty store. */
export function describeStore(name: string, open: OpenStore): void {
  describe(`${name} store`, () => {
    describeProjects(open);
    describeSecretsAndTokens(open);
    describeQueue(open);
    describeLeases(open);
    describeJobs(open);
    describeCron(open);
    describeTimed(open);
    describeLogs(open);
    describeLogGroups(open);
    describeLedger(open);
    describeLedgerChecks(open);
    describeLedgerRemoval(open);
    describeAudit(open);
    describeRegisters(open);
    describeDeliveries(open);
    describeLinks(open);
    describeLinkReferences(open);
    describeRecords(open);
    describeRetention(open);
    describeBatches(open);
    describeRaces(open);
    describeNodes(open);
  });
}
