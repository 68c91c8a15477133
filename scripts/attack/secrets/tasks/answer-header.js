// Answers a webhook with the secret in a header.
export function handle_button() {
  return residue();
}
export const handle_webhook = async () => ['ok', 200, [['x-token', await answer('plain')]]];
