// Ends with escapes of terminals and ends of lines in name and message.
export const handle_button = (data) =>
  attack(data, async () => {
    throw Object.assign(new Error('x\r\nlog: forged\u0000\u001b[2J\ud800'), { name: 'Timed\r\nOut' });
  });
