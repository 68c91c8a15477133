import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { probe } from '../../../sandbox/hardening/tools.ts';

describe('a program that is tried', () => {
  it('has said what it said, also when this thread comes to it too late', async () => {
    const tried = probe(['/bin/echo', 'here'], 200);
    // Timers come next, before what was read.
    await setImmediate();
    const end = performance.now() + 600;
    while (performance.now() < end);
    expect(await tried).toEqual({ ok: true, text: 'here\n' });
  });

  it('is ended when it hangs, and so is the wait for what it has left behind', async () => {
    expect(await probe(['/bin/sleep', '20'], 200)).toEqual({
      ok: false,
      reason: 'it did not end within 0.2 s',
    });
    const left = ['/bin/sh', '-c', 'sleep 3 & sleep 20'];
    expect(await probe(left, 200)).toEqual({ ok: false, reason: 'it did not end within 0.2 s' });
  });

  it('says why it failed', async () => {
    expect(await probe(['/bin/sh', '-c', 'echo no >&2; exit 3'])).toEqual({ ok: false, reason: 'no' });
    expect(await probe(['/nowhere/tool'])).toMatchObject({ ok: false });
  });
});
