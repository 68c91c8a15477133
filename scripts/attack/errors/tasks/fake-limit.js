// Ends with errors that look like those of limits and of retries.
export const handle_button = (data) =>
  attack(data, async () => {
    throw Object.assign(new Error('The job used more than 0 MB of memory.'), {
      name: 'LimitExceeded',
      limit: 'memory',
      status: 'done',
      retry: true,
    });
  });
