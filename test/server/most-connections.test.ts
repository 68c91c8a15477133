import { expect, it } from 'vitest';
import { mostConnections } from '../../server/most-connections.ts';

const limits = (files: string) =>
  `Limit                     Soft Limit           Hard Limit           Units\nMax open files            ${files}                 1048576              files\n`;

it('leaves files to the server itself, at least as many as it needs or half of all', () => {
  expect(mostConnections(limits('1048576'))).toBe(1_048_064);
  expect(mostConnections(limits('1024'))).toBe(512);
  expect(mostConnections(limits('256'))).toBe(128);
});

it('knows no bound where the system has or tells none', () => {
  expect(mostConnections(limits('unlimited'))).toBe(Number.POSITIVE_INFINITY);
  expect(mostConnections('')).toBe(Number.POSITIVE_INFINITY);
});
