import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitDialogue } from './dialogue.ts';
import { type MappedText, MappedTextBuilder } from './mapped-text.ts';
import type { SpokenSegment } from './spoken-segment.ts';

const cast = ['Alice', 'Bob', 'Mary Ann', '小明', '小红', '王老师'];

function segment(spoken: MappedText, end = spoken.sourceRange.end): SpokenSegment {
  return {
    kind: 'paragraph',
    level: 0,
    spoken,
    range: { start: 0, end },
    block: 0,
    language: undefined,
    speaker: undefined,
  };
}

function plain(text: string): MappedText {
  return new MappedTextBuilder(text).verbatim(0, text.length).build();
}

/** `Speaker|text` of each part; the narrator's have none. */
function split(text: string | MappedText, names: readonly string[] = cast): string[] {
  const spoken = typeof text === 'string' ? plain(text) : text;
  return splitDialogue(segment(spoken), names).map(
    (part) => `${part.speaker ?? ''}|${part.spoken.text}`,
  );
}

describe('lines with a name before them', () => {
  test.each([
    ['Alice: Hello there.', ['Alice|Hello there.']],
    ['ALICE: Hello.', ['Alice|Hello.']],
    ['alice : Hello.', ['Alice|Hello.']],
    ['Mary  Ann: Hello.', ['Mary Ann|Hello.']],
    ['小明：你好。', ['小明|你好。']],
    ['小明:你好。', ['小明|你好。']],
    ['王老师：“坐下。”', ['王老师|“坐下。”']],
    ['Alice: Hi.\nBob: Ho.\nAlice: He.', ['Alice|Hi.\n', 'Bob|Ho.\n', 'Alice|He.']],
    ['It was late.\nAlice: Hi.', ['|It was late.\n', 'Alice|Hi.']],
  ])('%j', (text, expected) => {
    expect(split(text)).toEqual(expected);
  });

  test.each([
    'Carol: Hello.',
    'Anna: Hello.',
    'Joalice: Hello.',
    'Alice:30',
    'Alice:',
    'I told Alice: never again.',
    '他告诉小明：明天来。',
    'Alice is here.',
    'http://alice:80/',
    'Alice — hello',
  ])('%j stays the narrator’s', (text) => {
    expect(split(text)).toEqual([`|${text}`]);
  });

  test('lines of one paragraph, whose breaks are spaces or nothing by now', () => {
    const english = 'Alice: Hi.\nBob: Ho.';
    const spoken = new MappedTextBuilder(english)
      .verbatim(0, 10)
      .replace(' ', 10, 11)
      .verbatim(11, 19)
      .build();
    expect(split(spoken)).toEqual(['Alice|Hi. ', 'Bob|Ho.']);
    const chinese = '小明：你好。\n小红：好。';
    const joined = new MappedTextBuilder(chinese).verbatim(0, 6).verbatim(7, 12).build();
    expect(split(joined)).toEqual(['小明|你好。', '小红|好。']);
  });

  test('bold names, whose marks are gone', () => {
    const source = '**小明**：你好。';
    const spoken = new MappedTextBuilder(source).verbatim(2, 4).verbatim(6, 10).build();
    expect(split(spoken)).toEqual(['小明|你好。']);
    const within = '我问**小明**：在吗';
    const question = new MappedTextBuilder(within)
      .verbatim(0, 2)
      .verbatim(4, 6)
      .verbatim(8, 11)
      .build();
    expect(split(question)).toEqual(['|我问小明：在吗']);
  });

  test('the name is left out of what is spoken, not of the map', () => {
    const [part] = splitDialogue(segment(plain('Alice: Hi.')), cast);
    expect(part?.range).toEqual({ start: 0, end: 10 });
    expect(part?.spoken.toSource({ start: 0, end: 2 })).toEqual({ start: 7, end: 9 });
    expect(part?.spoken.toSpoken({ start: 1, end: 3 })).toBeUndefined();
    expect(part?.spoken.sourceRange).toEqual({ start: 0, end: 10 });
  });
});

describe('quotations with their speaker beside them', () => {
  test.each([
    ['“Hi,” said Alice.', ['Alice|“Hi,” ', '|said Alice.']],
    ['“Hi,” Alice said quietly.', ['Alice|“Hi,” ', '|Alice said quietly.']],
    ['“Where?” asked Bob, “Here?”', ['Bob|“Where?” ', '|asked Bob, ', 'Bob|“Here?”']],
    ['Alice said, “Hi.”', ['|Alice said, ', 'Alice|“Hi.”']],
    [
      'Then Mary Ann softly whispered: "Hi."',
      ['|Then Mary Ann softly whispered: ', 'Mary Ann|"Hi."'],
    ],
    [
      'It rained. Bob shouted, “Run!” They ran.',
      ['|It rained. Bob shouted, ', 'Bob|“Run!” ', '|They ran.'],
    ],
    ['“Hi.” Alice said, “Bye.”', ['Alice|“Hi.” ', '|Alice said, ', 'Alice|“Bye.”']],
    [
      '“A,” said Alice. “B,” said Bob.',
      ['Alice|“A,” ', '|said Alice. ', 'Bob|“B,” ', '|said Bob.'],
    ],
    ['小明说：“你好。”', ['|小明说：', '小明|“你好。”']],
    ['“你好，”小明说，“再见。”', ['小明|“你好，”', '|小明说，', '小明|“再见。”']],
    ['“你好。”小红低声问道。', ['小红|“你好。”', '|小红低声问道。']],
    ['小红高兴地喊道：「来吧！」', ['|小红高兴地喊道：', '小红|「来吧！」']],
    ['小明对小红说：『走。』', ['|小明对小红说：', '小明|『走。』']],
    ['小明笑了笑，说：“好。”', ['|小明笑了笑，说：', '小明|“好。”']],
    [
      '天黑了。王老师问：“谁？”小明答：“我。”',
      ['|天黑了。王老师问：', '王老师|“谁？”', '|小明答：', '小明|“我。”'],
    ],
    ['小明：“谁？”小红：“我。”', ['小明|“谁？”小红：“我。”']],
    ['走了。小红：“我。”', ['|走了。小红：', '小红|“我。”']],
    [
      'Alice said, “He called it ‘fun’.” ok',
      ['|Alice said, ', 'Alice|“He called it ‘fun’.” ', '|ok'],
    ],
  ])('%j', (text, expected) => {
    expect(split(text)).toEqual(expected);
  });

  test.each([
    '“Hi,” said Carol.',
    '“Hi,” she said.',
    '“Hi.” Alice left.',
    '“Stop.” Alice said nothing.',
    'Alice read the “news”.',
    'Alice’s mother said, “Hi.”',
    'The man next to Alice said, “Hi.”',
    'Alice and Bob said, “Hi.”',
    '“Hi,” said Alice and Bob.',
    '“Hi,” said Alice Smith’s mother.',
    'Alice never said “never” to Bob.',
    '老师对小明说：“坐下。”',
    '小明的妈妈说：“坐下。”',
    '小明妈妈说：“坐下。”',
    '小明听小红说：“走。”',
    '他说：“小明说了。”',
    '小明喜欢“红楼梦”。',
    '“Never closed, said Alice.',
    'A 5" screen, said Alice.',
  ])('%j stays the narrator’s', (text) => {
    expect(split(text)).toEqual([`|${text}`]);
  });

  test('the other sentences in a passage with one speaker are theirs, its words in quotes are not', () => {
    expect(split('“Hi,” said Alice. She sat. “It was ‘odd’.” The “boss” left.')).toEqual([
      'Alice|“Hi,” ',
      '|said Alice. She sat. ',
      'Alice|“It was ‘odd’.” ',
      '|The “boss” left.',
    ]);
    expect(split('“Hi,” said Alice. Bob sat. “Ho.”')).toEqual([
      'Alice|“Hi,” ',
      '|said Alice. Bob sat. “Ho.”',
    ]);
  });
});

test('a segment that has a speaker, and a cast without names, change nothing', () => {
  const own = { ...segment(plain('Bob: Hi.')), speaker: 'Alice' };
  expect(splitDialogue(own, cast)).toEqual([own]);
  const nobody = segment(plain('Bob: Hi.'));
  expect(splitDialogue(nobody, [])).toEqual([nobody]);
  expect(splitDialogue(nobody, ['', ' '])).toEqual([nobody]);
});

test('names are no patterns', () => {
  expect(split('A.B (x): Hi.', ['A.B (x)'])).toEqual(['A.B (x)|Hi.']);
  expect(split('AxB: Hi.', ['A.B'])).toEqual(['|AxB: Hi.']);
});

test('joined, the parts are the text without the names before colons, each mapped to its own characters', () => {
  const word = fc.constantFrom(
    'Alice',
    'Bob',
    '小明',
    '小红',
    ': ',
    '：',
    ' said, ',
    '说：',
    '“',
    '”',
    '"',
    '「',
    '」',
    '.',
    '。',
    '！',
    '\n',
    ' ',
    ',',
    'hello',
    '你好',
    ' asked ',
    '问道',
    '😀',
    '的',
    '对',
  );
  const text = fc.array(word, { minLength: 1, maxLength: 24 }).map((words) => words.join(''));
  fc.assert(
    fc.property(text, (written) => {
      const parts = splitDialogue(segment(plain(written)), cast);
      let place = 0;
      let omitted = '';
      for (const { spoken, range } of parts) {
        const { end } = spoken.toSource({ start: 0, end: spoken.text.length });
        const at = end - spoken.text.length;
        expect(written.slice(at, end)).toBe(spoken.text);
        expect(at).toBeGreaterThanOrEqual(place);
        expect(range.start).toBe(place);
        omitted += written.slice(place, at);
        for (const run of spoken.runs.filter((one) => one.verbatim)) {
          expect(written.slice(run.source.start, run.source.end)).toBe(
            spoken.text.slice(run.spoken.start, run.spoken.end),
          );
        }
        place = range.end;
      }
      expect(place).toBe(written.length);
      expect(omitted).toMatch(/^(?:(?:Alice|Bob|小明|小红)\s*[:：]\s*)*$/u);
    }),
    { numRuns: 400 },
  );
});

test('long passages made to hurt take milliseconds', () => {
  for (const part of [
    '“',
    '”',
    '"',
    'Alice: ',
    'Alice said, ',
    '小明笑着笑着',
    '小明地地地',
    '“a,” ',
    'Alice\n: ',
  ]) {
    const spoken = plain(part.repeat(Math.ceil(10_000 / part.length)));
    const started = performance.now();
    splitDialogue(segment(spoken), cast);
    expect(performance.now() - started, part).toBeLessThan(500);
  }
});
