/** A rule of the project keeps something from leaving. The message names the rule and who can change it. */
export class Refusal extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EgressError';
  }
}
