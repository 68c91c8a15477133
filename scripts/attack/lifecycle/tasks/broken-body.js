// Sends a body that ends in the middle, in a type that it is not.
export function handle_button() {
  return residue();
}
export const handle_webhook = (request) => {
  try {
    return [request.json()];
  } catch {
    return 'refused';
  }
};
