// Is called with paths that lead out of it.
export function handle_button() {
  return residue();
}
export const handle_webhook = (request) => request.path.length;
