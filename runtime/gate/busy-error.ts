/** More at once than the gate takes. The message says what to do. */
export class BusyError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BusyError';
  }
}
