// A webhook runs at once, and what the handler returns is the answer to the caller.

async function handle_webhook(httprequest: HttpRequest) {
  if (httprequest.method !== 'POST') {
    return [{ hello: 'Send an order as JSON with POST.', products: Object.keys(prices()) }, 405];
  }
  try {
    const order = readOrder(httprequest.json());
    const total = totalOf(order);
    log(`Order of ${order.customer}: ${order.items.length} products, ${total}`);
    return {
      order: job.id,
      total,
      message: fill(texts.THANKS, { customer: order.customer, total }),
      // Protected Code is called only when it is needed: it runs in another process. Await every call.
      signature: order.signed ? await sign(`${job.id} ${total}`) : null,
    };
  } catch (error) {
    // Errors of the caller are answered here; any other ends the job as failed, and the caller sees no details.
    const isTheirs = error instanceof ValidationError || error instanceof SyntaxError;
    if (!isTheirs) throw error;
    log(`Order refused: ${error.message}`, 'warning');
    return [{ error: error.message }, 422];
  }
}
