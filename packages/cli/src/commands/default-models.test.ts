import * as core from '@stepvoice/core';
import { expect, test } from 'vitest';
import * as defaults from './default-models.ts';

test('what the help names is what the client takes', () => {
  expect({ ...defaults }).toEqual({
    DEFAULT_TRANSCRIPTION_MODEL: core.DEFAULT_TRANSCRIPTION_MODEL,
    DEFAULT_LIVE_MODEL: core.DEFAULT_TRANSCRIPTION_SOCKET_MODEL,
    DEFAULT_TALK_MODEL: core.DEFAULT_REALTIME_MODEL,
    DEFAULT_CHAT_MODEL: core.DEFAULT_CHAT_MODEL,
    DEFAULT_SPEAKING_MODEL: core.DEFAULT_SPEAKING_MODEL,
    DEFAULT_CLONE_MODEL: core.DEFAULT_CLONE_MODEL,
  });
});
