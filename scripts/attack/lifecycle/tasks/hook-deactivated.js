// Is called after its project was switched off.
export function handle_button() {
  return residue();
}
export const handle_webhook = () => 'reached';
