// Answers a webhook with the secret as the name of a header and in a cookie.
export function handle_button() {
  return residue();
}
export const handle_webhook = async () =>
  new Response('ok', {
    headers: { [`x-${await answer('hex')}`]: '1', 'set-cookie': `a=${await answer('plain')}` },
  });
