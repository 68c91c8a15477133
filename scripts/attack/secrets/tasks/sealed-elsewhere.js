// Takes the placeholder of a sealed secret out in base64, and has it sent to another host in every place of a request.
export const handle_button = (data) =>
  attack(data, async () => {
    const placeholder = atob(await sealed.give('base64'));
    const odd = placeholder.startsWith('sluice-sealed-') ? [] : ['no placeholder'];
    for (const place of ['header', 'url', 'body', 'name', 'host', 'sign']) {
      const said = await sealed.relay(place, placeholder).catch((error) => error.message);
      if (!said.startsWith('Blocked: ')) odd.push(`${place}: ${said}`.replaceAll(placeholder, 'PLACEHOLDER'));
    }
    return odd;
  });
