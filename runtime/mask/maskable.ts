const MIN_LENGTH = 8;

/** Words of eight characters and more that stand in ordinary text; shorter ones are never masked. */
const COMMON = new Set([
  '12345678',
  '123456789',
  '1234567890',
  'administrator',
  'anonymous',
  'changeme',
  'database',
  'development',
  'disabled',
  'function',
  'localhost',
  'mysecret',
  'password',
  'password1',
  'password123',
  'postgres',
  'postgresql',
  'production',
  'superuser',
  'telegram',
  'undefined',
  'username',
]);

/** Null when the value can be masked, else why it cannot: hiding it would hide ordinary text too. */
export function whyUnmaskable(value: string): string | null {
  if (value.length < MIN_LENGTH) return `it is shorter than ${MIN_LENGTH} characters`;
  if (value.trim().length < MIN_LENGTH) return 'it is mostly blank';
  if (COMMON.has(value.toLowerCase())) return 'it is a common word';
  if (new Set(value).size === 1) return 'it is one character repeated';
  return null;
}
