/** What a project's Protected Code is called where tasks are called by their file. */
export const PROTECTED_CODE = 'Protected Code';

/** Protected Code threw, or the call was refused. `mappedStack` is for Managers; name and message are masked. */
export class ProtectedError extends Error {
  readonly mappedStack: string;

  constructor(name: string, message: string, mappedStack = '') {
    super(message);
    this.name = name;
    this.mappedStack = mappedStack;
  }
}
