/** How a message about a rule ends: who can change it, and where. */
export const MANAGERS_FILE = 'project.yaml; a Manager has to deploy it.';

/** A rule of the project keeps something from leaving. The message names the rule and who can change it. */
export class Refusal extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EgressError';
  }
}
