/** Why a hook request is not given to its project: becomes a plain text answer with this status. */
export class HookRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'HookRefusal';
    this.status = status;
  }
}
