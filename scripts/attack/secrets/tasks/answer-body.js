// Answers a webhook with the secret.
export function handle_button() {
  return residue();
}
export const handle_webhook = async () => ({ token: await answer('plain') });
