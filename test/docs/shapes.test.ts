import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { prepareDeploy } from '../../runtime/project/prepare-deploy.ts';
import { deployProject } from '../../server/routes/projects.ts';
import { nextRuns } from '../../server/routes/triggers.ts';
import { auditShape } from '../../server/shapes/audit.ts';
import { deliveryShape } from '../../server/shapes/delivery.ts';
import { jobShape } from '../../server/shapes/job.ts';
import { ledgerReportShape } from '../../server/shapes/ledger-report.ts';
import { linkShape } from '../../server/shapes/link.ts';
import { logGroupsShape, logShape } from '../../server/shapes/log.ts';
import { outgoingShape } from '../../server/shapes/outgoing.ts';
import { recordShape } from '../../server/shapes/record.ts';
import { registerShape } from '../../server/shapes/register.ts';
import { actor, compiler } from '../support/deploys.ts';
import { pages, type Sample } from '../support/docs/pages.ts';

const error = z.object({ code: z.string(), message: z.string(), details: z.unknown() });
const SHAPES: Readonly<Record<string, z.ZodType | null>> = {
  error: z.strictObject({ error }),
  job: z.strictObject(jobShape.shape),
  log: z.strictObject(logShape.shape),
  groups: logGroupsShape,
  outgoing: z.strictObject(outgoingShape.shape),
  verified: ledgerReportShape,
  audit: z.strictObject(auditShape.shape),
  delivery: z.strictObject(deliveryShape.shape),
  register: z.strictObject(registerShape.shape),
  link: z.strictObject(linkShape.shape),
  record: recordShape,
  deploy: deployProject.body ?? null,
  deployed: deployProject.answer,
  planned: nextRuns.answer,
};

const samples = pages
  .flatMap((page) => page.samples)
  .filter(({ attributes }) => attributes.shape !== undefined);
const shapeOf = ({ attributes }: Sample) => SHAPES[attributes.shape ?? ''];

describe('a sample of what the API takes or answers', () => {
  it('is there for each of them', () => {
    expect(samples.map(({ attributes }) => attributes.shape).toSorted()).toEqual(
      Object.keys(SHAPES).toSorted(),
    );
  });

  it.each(samples)('at $place has the shape that it has in the code', (sample) => {
    expect(shapeOf(sample)?.safeParse(JSON.parse(sample.text))).toMatchObject({ success: true });
  });

  it.each(samples.filter(({ attributes }) => attributes.shape === 'deploy'))(
    'at $place can be deployed',
    async ({ text }) => {
      const { files } = JSON.parse(text);
      const request = { slug: 'hello', files, bundle: null, actor: actor('developer') };
      expect((await prepareDeploy(compiler, request, undefined)).warnings).toEqual([]);
    },
  );
});
