// Asks for secrets by every name there is.
export const handle_button = (data) =>
  attack(data, async () => {
    return through({
      secrets: () => typeof secrets !== 'undefined' && secrets,
      global: () => realGlobal().secrets ?? globalThis.secrets,
      params: () => params.CANARY ?? texts.CANARY,
      evaluated: () => (0, eval)('secrets'),
      made: () => new Function('return secrets')(),
      behind: () => guard.matches.constructor('return secrets')(),
      fetch: () => typeof fetch !== 'undefined',
      declare: () => typeof log_outgoing_data !== 'undefined',
    });
  });
