import { expect, test } from 'vitest';
import { findRoute } from './routes.ts';

test.each([
  ['POST', '/v1/audio/speech', 'speech', 'payg'],
  ['POST', '/step_plan/v1/audio/speech', 'speech', 'step-plan'],
  ['POST', '/v1/audio/speech/', 'speech', 'payg'],
  ['POST', '//v1//audio/speech//', 'speech', 'payg'],
  ['GET', '/v1/realtime/audio', 'speech-socket', 'payg'],
  ['GET', '/step_plan/v1/realtime/audio/', 'speech-socket', 'step-plan'],
  ['GET', '/v1/audio/system_voices', 'system-voices', 'payg'],
  ['GET', '/v1/models', 'models', 'payg'],
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
  ['GET', '/step_plan/v1/models'],
  ['GET', '/step_plan/v1/models/step-tts-2'],
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
