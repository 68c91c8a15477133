/** Protected Code threw, or the call was refused. `mappedStack` is for Managers; name and message are masked. */
export class ProtectedError extends Error {
  readonly mappedStack: string;

  constructor(name: string, message: string, mappedStack = '') {
    super(message);
    this.name = name;
    this.mappedStack = mappedStack;
  }
}
