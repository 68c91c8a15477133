// Writes escapes of terminals, ends of lines that look like another line, and half characters.
export const handle_button = (data) =>
  attack(data, async () => {
    log('first\r\nsecond');
    log('\u001b[2J\u001b]0;title\u0007\u009b31m');
    log('zero \u0000 half \ud800 turned \u202e end </script><img src=x>');
    log('=cmd|calc!A1');
    return [];
  });
