// Is called by its old path after the path was changed.
export function handle_button() {
  return residue();
}
export const handle_webhook = () => 'reached';
