// A button waits in the queue, runs once, and shows its result. `data` is what the click sent, else what project.yaml says.

async function handle_button(data: unknown) {
  for (const [product, price] of Object.entries(prices())) {
    if (!(Number(price) > 0)) log(`${product} has no price: correct the param PRICES`, LOG_WARNING);
  }
  const order = readOrder(data);
  const signature = await sign('check');
  if (signature === null) log('Orders are not signed: set the secret SIGNING_KEY to change that.');
  return { checked_by: user.name, sample_total: totalOf(order), signs_answers: signature !== null };
}
