import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type MappedText, MappedTextBuilder } from './mapped-text.ts';
import { MappedTextEditor } from './mapped-text-editor.ts';

type Step = { readonly length: number; readonly words: string | undefined; readonly gap: number };

const step: fc.Arbitrary<Step> = fc.record({
  length: fc.integer({ min: 0, max: 6 }),
  words: fc.option(fc.constantFrom('', 'x', 'words', '字'), { nil: undefined }),
  gap: fc.constantFrom(0, 0, 1, 3),
});

/** For each spoken character all that it comes from. */
type Origins = readonly (readonly [start: number, end: number])[];

/** A text made of what stands in the source, rewrites, insertions, omissions and gaps, and what must be true of it. */
const mapping = fc.array(step, { maxLength: 12 }).map((steps) => {
  const length = steps.reduce((sum, { length: own, gap }) => sum + own + gap, 0);
  const source = Array.from({ length }, (_, index) =>
    String.fromCharCode(0x61 + (index % 26)),
  ).join('');
  const builder = new MappedTextBuilder(source);
  const origins: [number, number][] = [];
  let place = 0;
  for (const { length: own, words, gap } of steps) {
    const end = place + own;
    if (words === undefined) {
      builder.verbatim(place, end);
      for (let index = place; index < end; index += 1) origins.push([index, index + 1]);
    } else {
      builder.replace(words, place, end);
      for (let index = 0; index < words.length; index += 1) origins.push([place, end]);
    }
    place = end + gap;
  }
  return { source, mapped: builder.build(), origins: origins as Origins };
});

function expectOrigins(mapped: MappedText, origins: Origins): void {
  expect(mapped.text).toHaveLength(origins.length);
  const found = origins.map((_, index) => mapped.toSource({ start: index, end: index + 1 }));
  expect(found).toEqual(origins.map(([start, end]) => ({ start, end })));
}

function range(length: number): fc.Arbitrary<{ start: number; end: number }> {
  return fc
    .tuple(fc.integer({ min: 0, max: length }), fc.integer({ min: 0, max: length }))
    .map(([one, other]) => ({ start: Math.min(one, other), end: Math.max(one, other) }));
}

const mappingAndRange = mapping.chain((made) =>
  range(made.mapped.text.length).map((part) => ({ ...made, part })),
);

describe('MappedText', () => {
  test('tells of each character where it comes from, and of a stretch its first and last', () => {
    fc.assert(
      fc.property(mappingAndRange, ({ mapped, origins, part: { start, end } }) => {
        expectOrigins(mapped, origins);
        const within = origins.slice(start, end);
        const whole = { start: within[0]?.[0], end: within.at(-1)?.[1] };
        const found = mapped.toSource({ start, end });
        expect(start < end ? found : whole).toEqual(whole);
        expect(found.start).toBeLessThanOrEqual(found.end);
      }),
    );
  });

  test('a place is between what was before and what comes, also at the end and beyond it', () => {
    const mapped = new MappedTextBuilder('abcdef').verbatim(1, 3).replace('zz', 3, 5).build();
    expect(mapped.toSource({ start: 0, end: 0 })).toEqual({ start: 1, end: 1 });
    expect(mapped.toSource({ start: 2, end: 2 })).toEqual({ start: 3, end: 3 });
    expect(mapped.toSource({ start: 3, end: 3 })).toEqual({ start: 3, end: 5 });
    expect(mapped.toSource({ start: 4, end: 4 })).toEqual({ start: 5, end: 5 });
    expect(mapped.toSource({ start: 7, end: 99 })).toEqual({ start: 5, end: 5 });
    expect(mapped.toSource({ start: 1, end: 99 })).toEqual({ start: 2, end: 5 });
    expect(new MappedTextBuilder('').build().toSource({ start: 0, end: 3 })).toEqual({
      start: 0,
      end: 0,
    });
  });

  test('tells of each place of the source what is spoken for it', () => {
    fc.assert(
      fc.property(mapping, ({ source, mapped, origins }) => {
        for (let place = 0; place < source.length; place += 1) {
          const spoken = origins.flatMap(([start, end], index) =>
            start <= place && place < end ? [index] : [],
          );
          const expected =
            spoken.length === 0 ? undefined : { start: spoken[0]!, end: spoken.at(-1)! + 1 };
          expect(mapped.toSpoken({ start: place, end: place + 1 })).toEqual(expected);
        }
      }),
    );
  });

  test('a slice has the part of the text and the part of the map', () => {
    fc.assert(
      fc.property(mappingAndRange, ({ mapped, origins, part: { start, end } }) => {
        const slice = mapped.slice(start, end);
        expect(slice.text).toBe(mapped.text.slice(start, end));
        expectOrigins(slice, origins.slice(start, end));
      }),
    );
  });

  test('cut anywhere and appended again, a text is the same to the character', () => {
    fc.assert(
      fc.property(mappingAndRange, ({ mapped, origins, part: { start, end } }) => {
        const builder = new MappedTextBuilder('');
        for (const part of [mapped.slice(0, start), mapped.slice(start, end), mapped.slice(end)]) {
          builder.append(part);
        }
        expect(builder.build().text).toBe(mapped.text);
        expectOrigins(builder.build(), origins);
      }),
    );
  });

  test('moves with its source', () => {
    fc.assert(
      fc.property(mapping, fc.integer({ min: -5, max: 5 }), ({ mapped, origins }, by) => {
        expectOrigins(
          mapped.shift(by),
          origins.map(([start, end]) => [start + by, end + by]),
        );
      }),
    );
  });
});

describe('MappedTextEditor', () => {
  const edits = fc.array(
    fc.record({
      kept: fc.integer({ min: 0, max: 4 }),
      taken: fc.integer({ min: 0, max: 4 }),
      words: fc.constantFrom('', 'new', '新'),
    }),
    { maxLength: 6 },
  );

  test('maps what one rewrite behind another speaks to what it comes from first of all', () => {
    fc.assert(
      fc.property(mapping, edits, ({ mapped, origins }, list) => {
        const editor = new MappedTextEditor(mapped);
        const expected: [number, number][] = [];
        let text = '';
        let place = 0;
        for (const { kept, taken, words } of list) {
          const start = Math.min(place + kept, mapped.text.length);
          const end = Math.min(start + taken, mapped.text.length);
          editor.keepTo(start).replace(words, start, end);
          text += mapped.text.slice(place, start) + words;
          for (const [from, to] of origins.slice(place, start)) expected.push([from, to]);
          const source = mapped.toSource({ start, end });
          for (let index = 0; index < words.length; index += 1)
            expected.push([source.start, source.end]);
          place = end;
        }
        text += mapped.text.slice(place);
        for (const [from, to] of origins.slice(place)) expected.push([from, to]);
        const rewritten = editor.keepTo(mapped.text.length).build();
        expect(rewritten.text).toBe(text);
        expectOrigins(rewritten, expected);
      }),
    );
  });

  test('keeps a rewrite whole that lies across two kept parts', () => {
    const mapped = new MappedTextBuilder('ab &amp; cd')
      .verbatim(0, 3)
      .replace('and', 3, 8)
      .verbatim(8, 11)
      .build();
    const edited = new MappedTextEditor(mapped).keepTo(4).keepTo(9).replace('!', 9, 9).build();
    expect(edited.text).toBe('ab and cd!');
    expect(edited.runs.filter(({ verbatim }) => !verbatim)).toHaveLength(2);
  });

  test('gives back the text itself where nothing was changed', () => {
    const mapped = new MappedTextBuilder('abc').verbatim(0, 3).build();
    expect(new MappedTextEditor(mapped).keepTo(2).keepTo(3).build()).toBe(mapped);
    expect(new MappedTextEditor(mapped).keepTo(2).build().text).toBe('ab');
  });
});
