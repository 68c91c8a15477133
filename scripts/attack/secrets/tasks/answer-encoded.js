// Answers a webhook with the secret as base64 in bytes.
export function handle_button() {
  return residue();
}
export const handle_webhook = async () =>
  new TextEncoder().encode(`<img src="data:${await answer('base64')}">`);
