import { describe, expect, it } from 'vitest';
import { DOMAIN_DATABASES } from '../../../support/domain-databases.ts';
import { createRandom } from '../../../support/fuzz/random.ts';
import { randomDomain, randomModel } from '../../../support/random-domain.ts';

const RECORDS = 100;
/** In each round. SLUICE_FUZZ_DOMAINS asks for more. */
const DOMAINS = Number(process.env.SLUICE_FUZZ_DOMAINS ?? 150);

/** With SLUICE_FUZZ_SEED a round happens again. */
const first = Number(process.env.SLUICE_FUZZ_SEED ?? 1);

describe.each(DOMAIN_DATABASES)('SQL of %s and the judgement of one record agree', (name, open) => {
  it.each(Array.from({ length: name === 'SQLite' ? 12 : 3 }, (_, round) => first + round))(
    'on random domains of seed %i',
    async (seed) => {
      const random = createRandom(seed);
      const shop = await open({
        'm.one': randomModel(random, RECORDS),
        'm.two': randomModel(random, RECORDS),
      });
      const tally = { refused: 0, some: 0 };
      try {
        for (let index = 0; index < DOMAINS; index += 1) {
          const domain = randomDomain(random, RECORDS);
          const matched = await shop.match('m.one', domain).catch((error: unknown) => {
            expect(error, `seed ${seed}, ${JSON.stringify(domain)}`).toMatchObject({
              name: 'ValidationError',
            });
          });
          if (matched === undefined) {
            tally.refused += 1;
            continue;
          }
          expect(await shop.find('m.one', domain), `seed ${seed}, ${JSON.stringify(domain)}`).toEqual(
            matched,
          );
          if (matched.length > 0 && matched.length < RECORDS) tally.some += 1;
        }
      } finally {
        await shop.close();
      }
      // Domains that are refused, or true of all or none, would agree in any case.
      expect(tally.some).toBeGreaterThan(DOMAINS / 5);
    },
    20_000 + 100 * DOMAINS,
  );
});
