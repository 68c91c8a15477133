import { describe, expect, it } from 'vitest';
import { createMasker } from '../../../runtime/mask/masker.ts';
import { maskerOver } from '../../../runtime/sealed/masker-over.ts';
import { createSeals } from '../../../runtime/sealed/seals.ts';
import { encode } from '../../../sandbox/wire/encode.ts';
import { projectWith } from '../../support/gate.ts';

const live = projectWith({
  secrets: { OPEN: 'an-open-secret', SHUT: 'a-sealed-secret' },
  sealed: { SHUT: { hosts: ['a.example'], in: ['body'] } },
});

describe('the seals of an attempt', () => {
  it('show placeholders of sealed secrets, and the others in clear', () => {
    const { secrets } = createSeals(live);
    expect(secrets.OPEN).toBe('an-open-secret');
    expect(secrets.SHUT).toMatch(/^sluice-sealed-[0-9a-f]{32}$/);
  });

  it('know their own placeholders and no others', () => {
    const seals = createSeals(live);
    const other = createSeals(live).secrets.SHUT ?? '';
    const own = seals.secrets.SHUT ?? '';
    expect(seals.secretOf(own)).toEqual({
      key: 'SHUT',
      value: 'a-sealed-secret',
      hosts: ['a.example'],
      in: ['body'],
    });
    expect([seals.secretOf(other), seals.secretOf(`${own} `), seals.secretOf('')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(seals.mask(`${other} ${own}${own} x`)).toBe(`${other} ****** x`);
  });

  it('leave out half a placeholder at the end of a text that was cut', () => {
    const seals = createSeals(live);
    const text = `log ${seals.secrets.SHUT}`;
    expect(seals.mask(text.slice(0, -1), true)).toBe('log ');
    expect(seals.mask(text, true)).toBe('log ***');
    expect(maskerOver(createMasker({}), seals).excerpt(text, 40)).toBe('log ');
  });

  it('withhold data with a placeholder, in text, names and bytes, and let all others go', async () => {
    const seals = createSeals(live);
    const own = seals.secrets.SHUT ?? '';
    const sentence = expect.stringContaining('the placeholder of the sealed secret SHUT');
    for (const value of [
      own,
      { [own]: 1 },
      [new Map([[own, 1]])],
      Buffer.from(`x${own}`),
      's'.repeat(300_000) + own,
    ]) {
      expect(await seals.withheld(encode(value))).toEqual(sentence);
    }
    for (const value of [
      'sluice-sealed-',
      own.slice(1),
      own.slice(0, -1),
      Buffer.from(own).toString('hex'),
    ]) {
      expect(await seals.withheld(encode(value))).toBeUndefined();
    }
  });

  it('cost nothing in a project without sealed secrets', () => {
    const open = projectWith({ secrets: { OPEN: 'an-open-secret' } });
    const seals = createSeals(open);
    expect(seals.secrets).toBe(open.secrets);
    expect(seals.withheld(encode('x'))).toBeUndefined();
  });
});
