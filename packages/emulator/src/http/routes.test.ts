import { expect, test } from 'vitest';
import { findRoute } from './routes.ts';

test.each([
  ['POST', '/v1/audio/speech', 'speech', 'payg'],
  ['POST', '/step_plan/v1/audio/speech', 'speech', 'step-plan'],
  ['POST', '/v1/audio/speech/', 'speech', 'payg'],
  ['POST', '//v1//audio/speech//', 'speech', 'payg'],
  ['GET', '/v1/realtime/audio', 'speech-socket', 'payg'],
  ['GET', '/step_plan/v1/realtime/audio/', 'speech-socket', 'step-plan'],
  ['GET', '/v1/realtime', 'realtime', 'payg'],
  ['GET', '/step_plan/v1/realtime/', 'realtime', 'step-plan'],
  ['POST', '/step_plan/v1/audio/asr/sse', 'asr-sse', 'step-plan'],
  ['GET', '/v1/realtime/asr/stream', 'asr-socket', 'payg'],
  ['GET', '/v1/audio/asr/stream', 'asr-socket', 'payg'],
  ['POST', '/v1/audio/asr/file/submit', 'asr-file-submit', 'payg'],
  ['POST', '/v1/audio/asr/file/query/', 'asr-file-query', 'payg'],
  ['POST', '/v1/audio/transcriptions', 'transcriptions', 'payg'],
  ['GET', '/v1/audio/system_voices', 'system-voices', 'payg'],
  ['GET', '/v1/models', 'models', 'payg'],
  ['POST', '/v1/files', 'file-upload', 'payg'],
  ['GET', '/v1/files/', 'file-list', 'payg'],
  ['GET', '/v1/files/file-1', 'stored-file', 'payg'],
  ['DELETE', '/v1/files/file-1', 'file-deletion', 'payg'],
  ['GET', '/v1/files/file-1/content', 'file-content', 'payg'],
  ['POST', '/step_plan/v1/audio/voices', 'voice-clone', 'step-plan'],
  ['GET', '/step_plan/v1/audio/voices', 'voice-list', 'step-plan'],
  ['POST', '/v1/audio/voices/preview', 'voice-preview', 'payg'],
])('%s %s is %s of %s', (method, path, endpoint, plan) => {
  expect(findRoute(method, path)).toMatchObject({ kind: 'route', route: { endpoint }, plan });
});

test('a model has its id in the path', () => {
  expect(findRoute('GET', '/v1/models/step-tts-2/')).toMatchObject({
    route: { endpoint: 'model' },
    parameter: 'step-tts-2',
  });
  expect(findRoute('GET', '/v1/models/a/b')).toEqual({ kind: 'none' });
});

test.each([
  ['POST', '/audio/speech'],
  ['POST', '/v2/audio/speech'],
  ['POST', '/v1/audio/speeches'],
  ['POST', '/v1'],
  ['GET', '/step_plan/v1/audio/system_voices'],
  ['GET', '/step_plan/v1/realtime/asr/stream'],
  ['POST', '/step_plan/v1/audio/asr/file/submit'],
  ['POST', '/step_plan/v1/audio/transcriptions'],
  ['GET', '/step_plan/v1/models'],
  ['GET', '/step_plan/v1/models/step-tts-2'],
  ['GET', '/step_plan/v1/files'],
  ['POST', '/step_plan/v1/audio/voices/preview'],
  ['GET', '/v1/files/a/b/content'],
])('there is no %s %s', (method, path) => {
  expect(findRoute(method, path)).toEqual({ kind: 'none' });
});

test('a wrong method is told the right ones', () => {
  expect(findRoute('GET', '/v1/audio/speech')).toEqual({ kind: 'wrong-method', allowed: ['POST'] });
});

test('files and administration stand outside the prefixes', () => {
  expect(findRoute('GET', '/files/a.mp3')).toEqual({ kind: 'file', name: 'a.mp3' });
  expect(findRoute('POST', '/_emulator/faults')).toEqual({ kind: 'admin', name: 'faults' });
});
