// What is returned is the answer to the caller.
function handle_webhook(httprequest: HttpRequest) {
  const name = httprequest.args.name ?? 'world';
  log(`Greeting ${name}`);
  return { message: greet(name) };
}

// Try it here, without a server: sluice run . tasks/hello.ts handle_button
async function handle_button() {
  return { message: greet(user.name), configured: await isConfigured() };
}
