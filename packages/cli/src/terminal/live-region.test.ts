import { expect, test } from 'vitest';
import { LiveRegion } from './live-region.ts';
import type { Terminal } from './terminal.ts';

/** As much of a terminal as the region uses: rows of text, a cursor, and the codes that move it. */
class Screen {
  rows: string[] = [''];
  #row = 0;

  write(text: string): void {
    for (const part of text.split(/(\p{Cc}\[[?\d]*[a-zA-Z]|\n|\r)/u)) {
      const [, count = '', code] = /^\p{Cc}\[([?\d]*)([a-zA-Z])$/u.exec(part) ?? [];
      if (part === '\n') {
        this.#row += 1;
        this.rows[this.#row] ??= '';
      } else if (code === 'A') this.#row -= Number(count);
      else if (code === 'J') {
        this.rows.length = this.#row + 1;
        this.rows[this.#row] = '';
      } else if (code === undefined && part !== '\r') this.rows[this.#row] += part;
    }
  }
}

function create(options: { isTTY?: boolean; columns?: number; rows?: number } = {}) {
  const { isTTY = true, columns = 20, rows = 24 } = options;
  const screen = new Screen();
  const stderr = { isTTY, columns, rows, write: (text: string) => screen.write(text) };
  const terminal = { stderr, env: { TERM: 'xterm' } } as unknown as Terminal;
  return { screen, region: new LiveRegion(terminal) };
}

test('lines are replaced, however many there were', () => {
  const { screen, region } = create();
  region.set(['one', 'two', 'three']);
  expect(screen.rows).toEqual(['one', 'two', 'three']);
  region.set(['four']);
  expect(screen.rows).toEqual(['four']);
  region.close();
  region.close();
  expect(screen.rows).toEqual(['']);
});

test('what stays stands above, and the lines go on below', async () => {
  const { screen, region } = create();
  region.set(['moving']);
  region.print('stays');
  expect(screen.rows).toEqual(['stays', 'moving']);
  await region.makeRoom(async () => {
    screen.write('also stays\n');
    // What changes meanwhile must not be drawn into it.
    region.set(['moved']);
  });
  expect(screen.rows).toEqual(['stays', 'also stays', 'moved']);
  region.close();
});

test('a line that is too wide is cut, in columns, and there are never more than fit', () => {
  const { screen, region } = create({ columns: 11, rows: 6 });
  region.set(['一二三四五六']);
  expect(screen.rows).toEqual(['一二三四…']);
  region.set(['a', 'b', 'c', 'd']);
  expect(screen.rows).toEqual(['c', 'd']);
  region.close();
});

test('where nobody watches nothing moves', () => {
  const { screen, region } = create({ isTTY: false });
  region.set(['moving']);
  region.print('stays');
  region.close();
  expect(screen.rows).toEqual(['stays', '']);
});
