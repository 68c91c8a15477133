// Sends JSON that is a hundred thousand levels deep, with keys of prototypes.
export function handle_button() {
  return residue();
}
export const handle_webhook = (request) => {
  try {
    request.json();
  } catch {}
  return { polluted: {}.left_behind === 1 };
};
