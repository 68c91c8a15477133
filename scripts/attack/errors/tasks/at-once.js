// Fails while its own code is being set up.
export function handle_button() {
  return residue();
}
export function handle_webhook() {
  return 'never';
}
if (trigger_name === 'AT_ONCE_HOOK') throw new RangeError('left_behind');
