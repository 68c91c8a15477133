// Goes on when its caller has left.
export function handle_button() {
  return residue();
}
export const handle_webhook = async () => {
  await new Promise((resolve) => setTimeout(resolve, 800));
  return 'late';
};
