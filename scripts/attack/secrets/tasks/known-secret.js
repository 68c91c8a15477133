// Sends the secret in a request, to have it shown in the job, the log and the answer.
export function handle_button() {
  return residue();
}
export const handle_webhook = (request) => request.text();
