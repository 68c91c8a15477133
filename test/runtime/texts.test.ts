import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { liveTexts } from '../../runtime/live-texts.ts';
import { clickButton, deployTask, openTestRuntime, type TestRuntime } from '../support/runtime.ts';

const TEXTS = `texts:
  - {key: BYE, value: Adieu, lang: fr}
  - {key: HI, value: Hallo, lang: de}
  - {key: HI, value: Hi, lang: en}
  - {key: HI, value: Servus, lang: de_AT}
  - {key: HI, value: Olá, lang: pt-BR}
  - {key: BYE, value: Tschüss, lang: de}
  - {key: BYE, value: Baba, lang: de-AT}
  - {key: toString, value: text, lang: de}`;
const CODE = `
  const read = (given: any) => ({ ...texts_in(given) });
  export const handle_button = async (data: any) => ({ task: read(data), protected: await seen(data) });`;
const PROTECTED = 'export const seen = (given: any) => ({ ...texts_in(given) });';

let works: TestRuntime;
beforeAll(async () => {
  works = await openTestRuntime();
});
afterAll(() => works.close());

const deploy = (slug: string, texts: string, task = '') =>
  deployTask(works.runtime, {
    slug,
    code: CODE,
    task,
    yaml: texts,
    files: { 'protected.ts': PROTECTED },
    triggers: ['{type: button, name: GO}'],
  });

async function seen(slug: string, language: unknown): Promise<unknown> {
  const job = await clickButton(works.runtime, slug, 'GO', language);
  if (job.status !== 'done') throw new Error(job.error ?? job.status);
  const seen = JSON.parse(job.result ?? 'null');
  expect(seen.protected).toEqual(seen.task);
  return seen.task;
}

describe('texts in a language', () => {
  const defaults = { BYE: 'Adieu', HI: 'Hi', toString: 'text' };
  beforeAll(async () => {
    await deploy('many', TEXTS);
    await deploy('own', TEXTS, '    realm: own');
    await deploy('one', 'texts: [{key: HI, value: Moin, lang: de}]');
  });

  it.each([
    ['de', { BYE: 'Tschüss', HI: 'Hallo', toString: 'text' }],
    ['de_AT', { BYE: 'Baba', HI: 'Servus', toString: 'text' }],
    ['DE-at', { BYE: 'Baba', HI: 'Servus', toString: 'text' }],
    ['de_CH', { BYE: 'Tschüss', HI: 'Hallo', toString: 'text' }],
    ['de-AT-1996', { BYE: 'Baba', HI: 'Servus', toString: 'text' }],
    ['pt_br', { ...defaults, HI: 'Olá' }],
    ['pt', defaults],
    ['en_GB', defaults],
    ['xx', defaults],
    ['', defaults],
    ['constructor', defaults],
    ['-'.repeat(100_000), defaults],
  ])('%s are those of the language, of the nearest one, or those of texts', async (language, texts) => {
    expect(await seen('many', language)).toEqual(texts);
  });

  it('are there in realms of their own too', async () => {
    expect(await seen('own', 'de')).toMatchObject({ HI: 'Hallo' });
  });

  it('are those of texts in a project of one language', async () => {
    expect(await seen('one', 'fr')).toEqual({ HI: 'Moin' });
  });

  it('cannot be asked for by what is no text', async () => {
    const { status, error } = await clickButton(works.runtime, 'many', 'GO', 5);
    expect(status).toBe('failed');
    expect(JSON.parse(error ?? '{}')).toMatchObject({
      name: 'TypeError',
      message: expect.stringContaining('as text'),
    });
  });
});

describe('what jobs are sent of texts', () => {
  it('has the languages only when there are several', () => {
    const hello = { key: 'HI', value: 'Hi', lang: 'en' };
    expect(liveTexts([hello, { ...hello, key: 'BYE' }])).toEqual({
      texts: { HI: 'Hi', BYE: 'Hi' },
      textsByLanguage: undefined,
    });
    expect(liveTexts([{ ...hello, lang: 'pt_BR', value: 'Olá' }, hello])).toEqual({
      texts: { HI: 'Hi' },
      textsByLanguage: { 'pt-br': { HI: 'Olá' }, en: { HI: 'Hi' } },
    });
  });
});
