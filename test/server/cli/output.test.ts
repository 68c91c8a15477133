import { describe, expect, it } from 'vitest';
import { table } from '../../../server/cli/output.ts';
import { printable } from '../../../server/cli/printable.ts';
import { captureContext } from './support.ts';

describe('text from projects on a terminal', () => {
  it('shows escape sequences instead of obeying them', () => {
    expect(printable('\u001b]0;title\u0007\u001b[2J gone')).toBe('\\e]0;title\\u{7}\\e[2J gone');
  });

  it('keeps a message on its line, and a stack on its lines', () => {
    expect(printable('one\r\ntwo\ttabs')).toBe('one\\r\\ntwo\ttabs');
    expect(printable('one\ntwo', { lines: true })).toBe('one\ntwo');
  });

  it('shows characters that reverse the reading direction, and leaves other scripts alone', () => {
    expect(printable('a\u202eb')).toBe('a\\u{202e}b');
    expect(printable('žluťoučký 馬 🐎')).toBe('žluťoučký 馬 🐎');
  });
});

describe('results', () => {
  it('lines up the columns of a table', () => {
    expect(
      table(
        ['ID', 'NAME'],
        [
          ['1', 'a\u001bb'],
          ['100', null],
        ],
      ),
    ).toBe('ID   NAME\n1    a\\eb\n100');
  });

  it('are one line of JSON for programs and text for people', () => {
    const program = captureContext('http://127.0.0.1', { json: true });
    const person = captureContext('http://127.0.0.1');
    for (const { output } of [program, person]) output.result({ a: 1 }, () => 'one a');
    expect([program.stdout(), person.stdout()]).toEqual(['{"a":1}\n', 'one a\n']);
  });

  it('are without colours when nobody watches', () => {
    expect(captureContext('http://127.0.0.1').output.paint('error', 'ERROR')).toBe('ERROR');
  });
});
