import { describe, expect, it } from 'vitest';
import { PROTECTED_CAPABILITIES, TASK_CAPABILITIES } from '../../sandbox/capabilities.ts';

describe('capabilities', () => {
  it('are listed once and in order', () => {
    for (const names of [TASK_CAPABILITIES, PROTECTED_CAPABILITIES]) {
      expect(names).toEqual([...new Set(names)].sort());
      expect(Object.isFrozen(names)).toBe(true);
    }
  });

  it('of tasks hold nothing that reaches a secret or the network', () => {
    const forbidden = ['fetch', 'secrets', 'storage', 'backup', 'url2bin', 'url2base64', 'log_outgoing_data'];
    expect(TASK_CAPABILITIES.filter((name) => forbidden.includes(name))).toEqual([]);
    expect(PROTECTED_CAPABILITIES).toEqual(expect.arrayContaining(forbidden));
  });

  it('of Protected Code know nothing of triggers', () => {
    expect(PROTECTED_CAPABILITIES).not.toEqual(expect.arrayContaining(['webhooks']));
    expect(TASK_CAPABILITIES).toEqual(expect.arrayContaining(['webhooks', 'trigger_name', 'TRIGGER_NAME']));
  });
});
