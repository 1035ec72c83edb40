import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type MappedText, MappedTextBuilder } from '../mapped-text.ts';
import { rewriteSpoken, type RewriteOptions } from './rewrite-spoken.ts';

const options: RewriteOptions = { parentheses: 'rewrite', url: 'read' };

function plain(text: string): MappedText {
  return new MappedTextBuilder(text).verbatim(0, text.length).build();
}

function rewrite(text: string, more: Partial<RewriteOptions> = {}): string {
  return rewriteSpoken(plain(text), { ...options, ...more }).text;
}

describe('parentheses become pauses', () => {
  test.each([
    ['word (an aside) word', 'word, an aside, word'],
    ['the end (finally).', 'the end, finally.'],
    ['the end (finally)', 'the end, finally'],
    ['(first) then', 'first, then'],
    ['(all of it)', 'all of it'],
    ['first, (second) third', 'first, second, third'],
    ['what (really?) yes', 'what, really? yes'],
    ['a (b (c) d) e', 'a, b, c, d, e'],
    ['((a))', 'a'],
    ['a ( b ) c', 'a, b, c'],
    ['one(1)two', 'one 1 two'],
    ['O(n log n), P(A and B) or word(an aside)', 'O n log n, P A and B or word, an aside'],
    ['open (and never shut', 'open, and never shut'],
    ['shut) and never open', 'shut, and never open'],
    [')) bad ((', ' bad'],
    ['(1) one (2) two', '1, one, 2, two'],
    ['nothing () here ( )', 'nothing here'],
    ['a\n(b)\nc', 'a,\nb,\nc'],
    ['he said “(x)” twice', 'he said “x” twice'],
    ['(021) 5555', '021, 5555'],
    ['2 * (3 + 4)', '2 * 3 + 4'],
    ['你好（世界）吗', '你好，世界，吗'],
    ['你好(世界)吗', '你好，世界，吗'],
    ['你好（世界）。', '你好，世界。'],
    ['（全部）', '全部'],
    ['（一）开始', '一，开始'],
    ['「你好（笑）」', '「你好，笑」'],
    ['北京（Beijing）很大（真的！）。', '北京，Beijing，很大，真的！。'],
    ['Beijing (北京) is large', 'Beijing, 北京, is large'],
    ['乱（嵌套（很深）的）括号', '乱，嵌套，很深，的，括号'],
    ['混合（一半) 好', '混合，一半， 好'],
  ])('%j is spoken %j', (text, expected) => {
    expect(rewrite(text)).toBe(expected);
  });

  test.each([
    ['call main() first', 'call main first'],
    ['main();', 'main;'],
    ['call f(x) and g(y)', 'call f x and g y'],
    ['foo(a, b).bar()', 'foo a, b.bar'],
    ['f(g(x))', 'f g x'],
    ['调用main()函数', '调用main函数'],
    ['word(s) and box(es)', 'words and boxes'],
    ['to (re)build it', 'to rebuild it'],
  ])('in a word of code or with an ending: %j is spoken %j', (text, expected) => {
    expect(rewrite(text)).toBe(expected);
  });

  test.each([
    ['Nice :) thanks', 'Nice thanks'],
    ['Nice :-)', 'Nice'],
    ['sad :( really', 'sad really'],
    ['hello:)', 'hello'],
    ['好的:)', '好的'],
    ['(so good :))', 'so good'],
    ['ha :)))))', 'ha'],
    ['哈哈(^_^)好', '哈哈好'],
    ['shrug ¯\\_(ツ)_/¯ ok', 'shrug ok'],
    ['note:(a) and (b)', 'note: a, and, b'],
  ])('a face is not spoken: %j is %j', (text, expected) => {
    expect(rewrite(text)).toBe(expected);
  });

  test('they stay for a voice that reads them', () => {
    expect(rewrite('f(x) (aside)（旁白） :)', { parentheses: 'keep' })).toBe(
      'f(x) (aside)（旁白） :)',
    );
  });
});

describe('bare addresses', () => {
  test.each([
    [
      'See https://www.example.com/docs/get-started?x=1#top. Then',
      'See example.com docs get started. Then',
    ],
    ['见https://example.cn/wiki/北京', '见example.cn wiki 北京'],
    ['请看https://example.cn/help获取', '请看example.cn help获取'],
    ['https://en.wikipedia.org/wiki/Foo_(bar)', 'en.wikipedia.org wiki'],
    ['(https://example.com)', 'example.com'],
    ['www.example.com', 'example.com'],
    ['https://user:secret@example.com:8443/', 'example.com'],
    ['http://localhost:3000/', 'localhost:3000'],
    ['http://192.168.0.1:80', '192.168.0.1:80'],
    ['https://例子.测试/a1', '例子.测试 a1'],
    ['https://example.com/%E4%BD%A0%E5%A5%BD', 'example.com 你好'],
    ['https://example.com/%zz/%28x%29/%00', 'example.com'],
    ['https://example.com/p/123456789/3f2a9c8b7d6e5f4a', 'example.com'],
    ['github.com/stepvoice/core', 'github.com stepvoice core'],
    ['example.com', 'example.com'],
    ['and/or 1/2 v1.2.3', 'and/or 1/2 v1.2.3'],
    ['write to a.b@example.com today', 'write to a.b@example.com today'],
    ['mailto:a@example.com', 'a@example.com'],
    ['obsidian://open?vault=x', 'obsidian link'],
    ['http://', 'http://'],
  ])('%j is read %j', (text, expected) => {
    expect(rewrite(text)).toBe(expected);
  });

  test('skipped or announced, in either language', () => {
    expect(rewrite('see https://example.com/a/b, ok', { url: 'skip' })).toBe('see, ok');
    expect(rewrite('see https://example.com/a/b now', { url: 'announce' })).toBe(
      'see link to example.com now',
    );
    expect(rewrite('见https://example.com/a。', { url: 'announce' })).toBe('见链接 example.com。');
    expect(rewrite('https://example.com', { url: 'announce', announcements: 'zh' })).toBe(
      '链接 example.com',
    );
  });

  test('the host is still the characters of the source', () => {
    const text = 'See https://www.example.com/docs now';
    const spoken = rewriteSpoken(plain(text), options);
    const start = spoken.text.indexOf('example.com');
    const from = text.indexOf('example.com');
    expect(spoken.toSource({ start, end: start + 11 })).toEqual({ start: from, end: from + 11 });
  });
});

describe('what nobody listens to', () => {
  const sha1 = '3f2a0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3b';
  test.each([
    [`see ${sha1} done`, 'see hash 3f2a… done'],
    [`commit ${sha1}`, 'commit 3f2a…'],
    [`文件 ${sha1}。`, '文件 哈希 3f2a…。'],
    [`sha256:${sha1}`, 'sha256:3f2a…'],
    [`0x${sha1}`, '0x3f2a…'],
    ['id=550e8400-e29b-41d4-a716-446655440000', 'id=550e…'],
    ['x 550E8400-E29B-41D4-A716-446655440000 y', 'x ID 550E… y'],
    ['iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4', 'data iVBO…'],
    ['data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA', 'data data…'],
    ['12345678901234567890', '12345678901234567890'],
    ['a1b2c3d', 'a1b2c3d'],
    ['thisIsAVeryLongIdentifierNameWithNumber2AndMore3Things', undefined],
    ['/usr/local/lib/node_modules/foo/bar/Baz2/qux3/index.d.ts', undefined],
    ['a-very-long-kebab-case-name-of-a-css-class-2-or-3', undefined],
    ['HTTP_SERVER_MAXIMUM_CONNECTIONS_PER_SECOND_V2_0', undefined],
    ['2024-11-20T18:01:22.123456+08:00', undefined],
    ['6222 0212 3456 7890 123', undefined],
  ])('%j is spoken %j', (text, expected) => {
    expect(rewrite(text)).toBe(expected ?? text);
  });
});

describe('repeated marks and drawings', () => {
  test.each([
    ['wow!!!!!! ok', 'wow! ok'],
    ['what?!?!?!', 'what?!'],
    ['真的吗？？？？？', '真的吗？'],
    ['好。。。。。。', '好。'],
    ['等等……………好', '等等……好'],
    ['wait....... ok', 'wait... ok'],
    ['wait... ok?! 好……吧——', undefined],
    ['-----', ''],
    ['Title\n=====\ntext', 'Title\n\ntext'],
    ['a ===== b', 'a b'],
    ['a=====b', 'a b'],
    ['+----+----+\n| a | b |\n+----+----+', '\n| a | b |\n'],
    ['┌──┐\n│ok│\n└──┘', '\nok\n'],
    ['彼は──そう', '彼は——そう'],
    ['😀😀😀😀😀 hi', '😀 hi'],
    ['hi 👨‍👩‍👧 👍🏽 ❤️', undefined],
    ['🎉 🎉 🎉 🎉 🎉', '🎉'],
    ['C++ a == b && x->y // z', undefined],
    ['3.14 1,000 $5 50% 10°C 2024-11-20 12:30 §4 ±2', undefined],
  ])('%j is spoken %j', (text, expected) => {
    expect(rewrite(text)).toBe(expected ?? text);
  });
});

describe('characters without a sound', () => {
  test.each([
    ['a\0b', 'ab'],
    ['a\u200bb\ufeff', 'ab'],
    ['\u202eabc\u202c', 'abc'],
    ['so\u00adft', 'soft'],
    ['a\ud800b\udc00', 'ab'],
    ['a\fb', 'a b'],
    ['tab\tand\r\nline', 'tab\tand\r\nline'],
    ['می‌خواهم', 'می‌خواهم'],
    ['a\u200db', 'ab'],
    ['🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}', undefined],
    ['e\u0301 한 ก็', undefined],
    ['( \u200b )', ''],
  ])('%j is spoken %j', (text, expected) => {
    expect(rewrite(text)).toBe(expected ?? text);
  });
});

const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '(',
        ')',
        '（',
        '）',
        ' ',
        ' ',
        '\n',
        ',',
        '，',
        '。',
        '.',
        '!',
        '?',
        '？',
        ':',
        ';',
        '-',
        '=',
        '^',
        '_',
        'a',
        'b',
        'word',
        'f',
        's',
        'x1',
        '你',
        '好',
        '的',
        'ツ',
        '😀',
        '👍🏽',
        '\u200d',
        '\u200b',
        '\0',
        '\ud83d',
        'https://',
        'example.com',
        '/path',
        'www.',
        'mailto:',
        '@',
        '─',
        '│',
        '......',
        '!!!!',
        '…',
        '"',
        '“',
        '”',
        '3f2a0c9d8e7f6a5b',
        '4c3d2e1f',
        'iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACN',
        '=',
        '\ufe0f',
        '\u{1f1e8}',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 24 },
  )
  .map((parts) => parts.join(''));

/** What an earlier rewrite did with a part: nothing, left it out, or said something else. */
const how = fc.constantFrom('verbatim', 'verbatim', '', 'other (words)');

const anyOptions = fc.record({
  parentheses: fc.constantFrom('rewrite' as const, 'keep' as const),
  url: fc.constantFrom('read' as const, 'skip' as const, 'announce' as const),
});

describe('whatever the text', () => {
  test('no parenthesis of either width survives', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        expect(rewrite(text)).not.toMatch(/[()（）]/u);
      }),
      { numRuns: 600 },
    );
  });

  test('nothing is left that the service refuses', () => {
    fc.assert(
      fc.property(nasty, anyOptions, (text, chosen) => {
        expect(rewrite(text, chosen)).not.toMatch(
          /\p{Surrogate}|(?![\t\n\r])\p{Cc}|[\u200b\u202a-\u202e\ufeff]/u,
        );
      }),
      { numRuns: 400 },
    );
  });

  test('dots behind www are no address', () => {
    expect(rewrite('www.......(', { parentheses: 'keep', url: 'announce' })).toBe('www...(');
  });

  test('a second time changes nothing more', () => {
    fc.assert(
      fc.property(nasty, anyOptions, (text, chosen) => {
        const once = rewriteSpoken(plain(text), { ...options, ...chosen });
        expect(rewriteSpoken(once, { ...options, ...chosen })).toBe(once);
      }),
      { numRuns: 600 },
    );
  });

  test('what is spoken as written maps to its own characters, and the map is whole and in order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(nasty, how), { maxLength: 5 }), anyOptions, (parts, chosen) => {
        const source = parts.map(([text]) => text).join('');
        const builder = new MappedTextBuilder(source);
        let from = 0;
        for (const [text, kind] of parts) {
          const to = from + text.length;
          if (kind === 'verbatim') builder.verbatim(from, to);
          else builder.replace(kind, from, to);
          from = to;
        }
        const mapped = builder.build();
        const spoken = rewriteSpoken(mapped, { ...options, ...chosen });
        let place = 0;
        // A rewrite that another one cuts keeps its source on both sides, so runs may share some of it.
        let last = { start: 0, end: 0 };
        for (const run of spoken.runs) {
          expect(run.spoken.start).toBe(place);
          expect(run.source.start).toBeGreaterThanOrEqual(last.start);
          expect(run.source.end).toBeGreaterThanOrEqual(last.end);
          place = run.spoken.end;
          last = run.source;
        }
        expect(place).toBe(spoken.text.length);
        expect(last.end).toBeLessThanOrEqual(source.length);
        const verbatim = spoken.runs.filter((run) => run.verbatim);
        expect(verbatim.map((run) => spoken.text.slice(run.spoken.start, run.spoken.end))).toEqual(
          verbatim.map((run) => source.slice(run.source.start, run.source.end)),
        );
      }),
      { numRuns: 400 },
    );
  });
});

test('10 kB made to hurt take milliseconds', () => {
  const hurting = [
    '(',
    ')',
    '()',
    '(a',
    ':)',
    'a.',
    'https://',
    '=',
    'a1',
    '😀 ',
    '\u200d',
    'f(',
    '-|',
    ' ',
    '(\n',
    'www.a.',
  ];
  for (const part of hurting) {
    const text = part.repeat(Math.ceil(10_000 / part.length));
    const started = performance.now();
    rewrite(text);
    expect(performance.now() - started, JSON.stringify(part)).toBeLessThan(1000);
  }
});
