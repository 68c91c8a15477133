// Is called two hundred times at once, each waiting.
export function handle_button() {
  return residue();
}
export const handle_webhook = async () => {
  await new Promise((resolve) => setTimeout(resolve, 100));
  return 'ok';
};
