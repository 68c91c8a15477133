// Shared by all tasks: they use what is exported here by name, without an import.

export function greet(name: string): string {
  return `${params.GREETING}, ${name}!`;
}
