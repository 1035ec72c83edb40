import { describe, expect, test } from 'vitest';
import { MOST_FILES, fileLimitBytes, findFileIdIssue, findFileIssues } from './files-rules.ts';
import { findCloneIssues, findPreviewIssues } from './voice-clone-rules.ts';

const clone = { model: 'stepaudio-2.5-tts', file_id: 'file-Qm3xT7bYpa' };
const preview = { ...clone, sample_text: '你好。' };
const paths = (issues: readonly { path: string }[]) => issues.map(({ path }) => path);

describe('a clone', () => {
  test.each(['stepaudio-3-tts', 'stepaudio-2.5-tts', 'step-tts-2', 'step-tts-mini', 'step-tts-9'])(
    'is made with %s',
    (model) => {
      expect(findCloneIssues({ ...clone, model, text: '今天。', sample_text: '好。' })).toEqual([]);
    },
  );

  test.each([
    [{ model: '' }, 'model'],
    [{ model: 'step-tts-vivid' }, 'model'],
    [{ model: 'stepaudio-2.5-asr' }, 'model'],
    [{ file_id: '' }, 'file_id'],
    [{ file_id: 'a/b' }, 'file_id'],
    [{ text: ' ' }, 'text'],
    [{ text: 'a\ud800' }, 'text'],
    [{ sample_text: 'x'.repeat(1001) }, 'sample_text'],
  ])('but not with %j', (fields, path) => {
    expect(paths(findCloneIssues({ ...clone, ...fields }))).toEqual([path]);
  });

  test('for a realtime model says what to clone with', () => {
    const [issue] = findCloneIssues({ ...clone, model: 'stepaudio-2.5-realtime' });
    expect(issue).toMatchObject({ path: 'model', instead: 'stepaudio-2.5-tts' });
  });
});

test.each([
  [{}, []],
  [{ model: 'stepaudio-3-tts' }, ['model']],
  [{ sample_text: '' }, ['sample_text']],
  [
    { response_format: 'aac', speed: 9, sample_rate: 1 },
    ['response_format', 'sample_rate', 'speed'],
  ],
  [{ voice_label: { emotion: '高兴' } }, ['voice_label']],
  [{ model: 'step-tts-2', instruction: 'calm' }, ['instruction']],
  [{ file_id: '', text: '' }, ['file_id', 'text']],
])('a preview with %j', (fields, expected) => {
  expect(paths(findPreviewIssues({ ...preview, ...fields }))).toEqual(expected);
});

describe('a file', () => {
  const wav = { purpose: 'storage', bytes: 100, mediaType: 'audio/wav' };

  test.each([
    ['storage', 'audio/mpeg'],
    ['storage', 'video/mp4'],
    ['storage', 'image/webp'],
    ['retrieval-image', 'image/png'],
    ['file-extract', 'application/pdf'],
    ['retrieval-text', undefined],
  ])('of purpose %s may be %s', (purpose, mediaType) => {
    expect(findFileIssues({ purpose, mediaType, bytes: fileLimitBytes(purpose) })).toEqual([]);
  });

  test.each([
    [{ purpose: 'assistants' }, /one of storage/],
    [{ bytes: 0 }, /not empty/],
    [{ bytes: 128 * 1024 * 1024 + 1 }, /at most 128 MiB.*134217729/],
    [{ purpose: 'file-extract', bytes: 64 * 1024 * 1024 + 1 }, /at most 64 MiB/],
    [{ mediaType: 'audio/flac' }, /mp3, wav.*is audio\/flac/],
    [{ mediaType: undefined }, /is none of them/],
    [{ purpose: 'retrieval-image' }, /jpeg, png, webp, gif/],
  ])('not with %j', (fields, allowed) => {
    const [issue] = findFileIssues({ ...wav, ...fields });
    expect(issue?.allowed).toMatch(allowed);
  });

  test('has an id that cannot leave its path', () => {
    expect(findFileIdIssue('id', 'file-Qm3xT7bYpa')).toBeUndefined();
    for (const id of ['', '.', '..', 'a/b', 'a?b', 'a#b', 'a%2fb', 'a b', 'x'.repeat(201), 7]) {
      expect(findFileIdIssue('id', id), String(id)).toMatchObject({ path: 'id' });
    }
  });

  test('is one of a thousand', () => expect(MOST_FILES).toBe(1000));
});
