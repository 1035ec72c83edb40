import { SPEECH_PRICES } from '@stepvoice/core/narration';
import type { Policies } from '@stepvoice/core/text';
import { expect, test } from 'vitest';
import { UsageError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { createTranslate } from '../language/translate.ts';
import { BITRATES, DEFAULT_BITRATE, KINDS } from './narrate-defaults.ts';
import { toNarrateOptions } from './narrate-options.ts';
import type { NarrateFlags } from './narrate-options.ts';

function read(flags: NarrateFlags, env: Record<string, string> = {}) {
  const home = { HOME: '/nowhere', XDG_CONFIG_HOME: '/nowhere', XDG_CACHE_HOME: '/cache' };
  const terminal = { platform: 'linux', env: { ...home, ...env } };
  const context = { t: createTranslate('en'), terminal } as unknown as CommandContext;
  return toNarrateOptions(flags, () => {}, context);
}

test('what is not said is as most want it', async () => {
  expect(await read({})).toMatchObject({
    voice: { model: 'stepaudio-2.5-tts' },
    cast: {},
    sampleRate: 24_000,
    text: { policies: {}, parentheses: 'rewrite', cast: [] },
    tempo: 1,
    goesOn: false,
    cacheFolder: '/cache/stepvoice/speech',
    file: undefined,
    dryRun: false,
    quiet: false,
  });
});

test('every kind of text that the library tells apart has a name', () => {
  // One that is added to the library, or taken away, does not compile here.
  const policies: Record<keyof Policies, true> = {
    heading: true,
    paragraph: true,
    list: true,
    task: true,
    quote: true,
    callout: true,
    table: true,
    codeBlock: true,
    inlineCode: true,
    math: true,
    link: true,
    url: true,
    image: true,
    embed: true,
    html: true,
    comment: true,
    tag: true,
    footnote: true,
    frontMatter: true,
    strikethrough: true,
  };
  expect(Object.values(KINDS).toSorted()).toEqual(Object.keys(policies).toSorted());
});

test('kinds are read and left out, listed in any way', async () => {
  const { text } = await read({ read: 'code-block, front-matter', skip: 'table，image' });
  expect(text.policies).toEqual({
    codeBlock: 'read',
    frontMatter: 'read',
    table: 'skip',
    image: 'skip',
  });
});

test.each<[NarrateFlags, 'rewrite' | 'keep']>([
  [{}, 'rewrite'],
  [{ directives: true }, 'keep'],
  [{ model: 'step-tts-2' }, 'keep'],
  [{ model: 'a-newer-one' }, 'keep'],
])('words in parentheses with %j: %s', async (flags, parentheses) => {
  expect((await read(flags)).text).toMatchObject({ parentheses });
});

test('the names of a cast are looked for in the text', async () => {
  const { text, cast } = await read({ cast: ['Anna=a,Bo=b'] });
  expect(text.cast).toEqual(['Anna', 'Bo']);
  expect(cast).toEqual({ Anna: { voice: 'a' }, Bo: { voice: 'b' } });
});

test.each<[string, object]>([
  ['book.mp3', { format: 'mp3', bitrate: DEFAULT_BITRATE }],
  ['a/b.WAV', { format: 'wav' }],
])('%s is a file it can write', async (out, file) => {
  expect((await read({ out })).file).toMatchObject({ path: out, ...file, beside: [] });
});

test('a file takes subtitles, a bitrate and an artist', async () => {
  const flags = {
    out: 'x.mp3',
    subtitles: 'srt,vtt json',
    bitrate: '96',
    artist: 'A',
    force: true,
  };
  expect((await read(flags)).file).toEqual({
    path: 'x.mp3',
    format: 'mp3',
    bitrate: 96,
    beside: ['srt', 'vtt', 'words'],
    artist: 'A',
    replace: true,
  });
});

test.each<[NarrateFlags, RegExp]>([
  [{ out: 'x.ogg' }, /neither an \.mp3 nor a \.wav/],
  [{ out: 'mp3' }, /neither/],
  [{ out: '-' }, /neither/],
  [{ out: 'x.mp3', bitrate: '65' }, new RegExp(BITRATES.join(', '))],
  [{ out: 'x.mp3', bitrate: '' }, /--bitrate/],
  [{ out: 'x.wav', bitrate: '64' }, /--bitrate.*\.mp3/],
  [{ out: 'x.wav', artist: 'A' }, /--artist.*\.mp3/],
  [{ out: 'x.mp3', subtitles: 'ass' }, /srt, vtt, json/],
  [{ out: 'x.mp3', subtitles: 'words' }, /srt, vtt, json/],
  [{ out: 'x.mp3', tempo: '2' }, /--tempo is for playing/],
  [{ out: 'x.mp3', continue: true }, /--continue is for playing/],
  [{ subtitles: 'srt' }, /--subtitles.*--out/],
  [{ bitrate: '64' }, /--bitrate.*--out/],
  [{ artist: 'A' }, /--artist.*--out/],
  [{ force: true }, /--force.*--out/],
  [{ from: 'A', continue: true }, /--from.*--continue/],
  [{ tempo: '4' }, /0\.5 to 3/],
  [{ tempo: 'fast' }, /--tempo/],
  [{ price: '-1' }, /--price/],
  [{ price: '' }, /--price/],
  [{ read: 'poem' }, /--read cannot be “poem”.*code-block/],
  [{ skip: 'toString' }, /--skip cannot be/],
  [{ read: 'table', skip: 'table' }, /table.*--read.*--skip/],
  [{ cast: ['Anna'] }, /cannot be read/],
  [{ cast: ['Anna='] }, /name=voice/],
  [{ model: 'stepaudio-2.5-chat' }, /--model/],
  [{ rate: '44100' }, /--rate/],
])('%j is refused', async (flags, expected) => {
  const reading = read(flags);
  await expect(reading).rejects.toThrow(expected);
  await expect(reading).rejects.toBeInstanceOf(UsageError);
});

test('a dry run takes the options of a file', async () => {
  expect(await read({ dryRun: true, subtitles: 'srt', force: true })).toMatchObject({
    dryRun: true,
  });
});

test.each<[string | boolean | undefined, string | undefined]>([
  [undefined, '/cache/stepvoice/speech'],
  [true, '/cache/stepvoice/speech'],
  ['mine', 'mine'],
  [false, undefined],
])('--cache %j keeps speech in %s', async (cache, folder) => {
  expect((await read({ cache })).cacheFolder).toBe(folder);
});

test.each<[NarrateFlags, Record<string, string>, object]>([
  [{}, {}, SPEECH_PRICES.per10000],
  [{ region: 'cn' }, {}, SPEECH_PRICES.per10000],
  [{ region: 'intl' }, {}, {}],
  [{ plan: 'step-plan' }, {}, {}],
  [{}, { STEPFUN_BASE_URL: 'http://127.0.0.1:1' }, {}],
  [{ region: 'intl', price: '2.5' }, {}, { 'stepaudio-2.5-tts': 2.5 }],
  [{ model: 'mine', price: '0' }, {}, { mine: 0 }],
])('prices with %j %j', async (flags, env, per10000) => {
  expect((await read(flags, env)).prices).toEqual({
    currency: SPEECH_PRICES.currency,
    per10000,
  });
});
