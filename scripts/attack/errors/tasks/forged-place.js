// Ends with a stack that names files of the server and lines that are not there.
export const handle_button = (data) =>
  attack(data, async () => {
    throw Object.assign(new Error('x'), {
      stack:
        'Error: x\n    at root (/etc/passwd:1:1)\n    at node:internal/fs (sluice:realm:99999999999:1)\n    at tasks/forged-place.js:4294967296:-1\n    at <anonymous>:NaN:Infinity',
    });
  });
