// Has the secret written to the ledger as recipient and as data.
export const handle_button = (data) =>
  attack(data, async () => {
    for (const form of ['plain', 'base64', 'hex', 'percent', 'json', 'inside']) await declare(form);
    return [];
  });
