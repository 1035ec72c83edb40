import type { ServerResponse } from 'node:http';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { writeWav } from '../audio/index.ts';
import {
  CapabilityError,
  ProtocolError,
  ServiceError,
  StepAudioError,
  ValidationError,
} from '../errors.ts';
import { ScriptedServer } from '../net/testing/scripted-server.ts';
import type { TranscriptionCreateOptions, TranscriptionSubmitOptions } from './file-options.ts';
import { RUNTIMES, createTranscription } from './testing/transcription-server.ts';

const url = 'https://files.example/meeting.wav?signature=abcdef';
const DONE =
  '{ "duration": 5.9, "result": [ { "text": "你好。", "utterances": [ { "text": "你好", "start_time": 0, "end_time": 500, "words": [ { "text": "你", "start_time": 0, "end_time": 200 } ], "speaker": { "id": "spk_1" } } ] } ] }';
const transcript = {
  text: '你好。',
  durationMs: 5900,
  requestId: 't-1',
  channels: [
    {
      text: '你好。',
      utterances: [
        {
          text: '你好',
          startMs: 0,
          endMs: 500,
          words: [{ text: '你', startMs: 0, endMs: 200 }],
          speaker: 'spk_1',
        },
      ],
    },
  ],
};

function reply(answer: ServerResponse, body: string): void {
  answer.writeHead(200, { 'content-type': 'application/json', 'x-trace-id': 't-1' }).end(body);
}

/** Answers one body after the other, the last one again and again. */
function answering(...bodies: string[]) {
  return (_: unknown, answer: ServerResponse) => {
    const body = bodies.length > 1 ? bodies.shift()! : bodies[0]!;
    reply(answer, body);
  };
}

describe.each(RUNTIMES)('over %s', (_name, createRuntime) => {
  test('a job as it is documented', async () => {
    await using server = await ScriptedServer.start(
      answering(
        '{"task_id":"019c22d1-0000-7000-8000-000000000001"}',
        '{ "status": "PENDING" }',
        '{ "status": "PENDING" }',
        '{ "status": "RUNNING" }',
        DONE,
      ),
    );
    const { transcription, clock } = createTranscription(server, {}, createRuntime);
    const job = await transcription.submit({ url, format: 'wav', speakers: true });
    expect(job).toEqual({ id: '019c22d1-0000-7000-8000-000000000001', requestId: 't-1' });
    expect(server.lastRequest.url).toBe('/v1/audio/asr/file/submit');
    expect(server.lastRequest.json).toEqual({
      audio: { format: 'wav', url },
      request: {
        model_name: 'stepaudio-2.5-asr',
        show_utterances: true,
        enable_speaker_info: true,
      },
    });
    const seen: string[] = [];
    const result = transcription.wait(job, { onStatus: (status) => seen.push(status) });
    for (let polls = 0; polls < 3; polls++) {
      await clock.timer(2000);
      await clock.advance(2000);
    }
    expect(await result).toEqual(transcript);
    expect(seen).toEqual(['PENDING', 'RUNNING', 'SUCCESS']);
    expect(server.lastRequest.url).toBe('/v1/audio/asr/file/query');
    expect(server.lastRequest.json).toEqual({ task_id: job.id });
    expect(clock.pending).toBe(0);
  });

  test('an abort ends the waiting at once', async () => {
    await using server = await ScriptedServer.start(answering('{"status":"RUNNING"}'));
    const { transcription, clock } = createTranscription(server, {}, createRuntime);
    const controller = new AbortController();
    const result = transcription.wait('job-1', { signal: controller.signal, pollMs: 1000 });
    await clock.timer(1000);
    controller.abort('enough');
    await expect(result).rejects.toBe('enough');
    expect(clock.pending).toBe(0);
    await expect(transcription.wait('job-1', { signal: AbortSignal.abort('no') })).rejects.toBe(
      'no',
    );
  });

  test('an upload is a form, written by hand', async () => {
    await using server = await ScriptedServer.start(answering('{"text":"你好。"}'));
    const { transcription } = createTranscription(server, {}, createRuntime);
    const file = writeWav({ samples: new Int16Array(20), sampleRate: 16_000 });
    expect(await transcription.create({ file, hotwords: ['阶跃', 'Step'] })).toEqual({
      text: '你好。',
    });
    expect(server.lastRequest.url).toBe('/v1/audio/transcriptions');
    expect(server.lastRequest.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    const { body } = server.lastRequest;
    expect(body).toContain('name="model"\r\n\r\nstep-asr\r\n');
    expect(body).toContain('name="response_format"\r\n\r\njson\r\n');
    expect(body).toContain('name="hotwords"\r\n\r\n["阶跃","Step"]\r\n');
    expect(body).toContain('name="file"; filename="audio.wav"\r\nContent-Type: audio/wav\r\n');
  });
});

describe('a state', () => {
  const wait = async (body: string) => {
    await using server = await ScriptedServer.start(answering(body));
    return await createTranscription(server).transcription.wait('job-1');
  };

  test.each([
    [`{"status":"SUCCESS",${DONE.slice(1)}`, '你好。'],
    ['{"status":"succeeded","result":[]}', ''],
    ['{"result":[{"text":"left"},{"text":"right"}]}', 'left right'],
    ['{"result":[{"utterances":[{"text":"一"},{"words":[{"text":"二"}]}]}]}', '一二'],
    ['{"status":"DONE"}', ''],
    ['{"result":[{"text":"x","utterances":"none","duration":null}]}', 'x'],
  ])('%s is success', async (body, text) => {
    expect((await wait(body)).text).toBe(text);
  });

  test.each([
    [
      '{"status":"FAILED","error":{"stage":"audio_download","message":"invalid audio url"}}',
      'audio_download',
      true,
      /invalid audio url.*submit it again/,
    ],
    ['{"status":"FAILED","error":{"stage":"decode","message":"bad"}}', 'decode', false, /bad/],
    ['{"status":"failed"}', 'transcription_failed', false, /no reason given/],
    ['{"status":"FAILED","error":"odd"}', 'transcription_failed', false, /odd/],
  ])('%s is a failure', async (body, code, retryable, message) => {
    const failure = await wait(body).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ServiceError);
    expect(failure).toMatchObject({ code, retryable, requestId: 't-1' });
    expect((failure as Error).message).toMatch(message);
  });

  test.each(['{"result":7}', '[]', 'oops', '"x"'])('%s is no answer', async (body) => {
    await expect(wait(body)).rejects.toBeInstanceOf(ProtocolError);
  });

  test('whatever comes, it is a transcript or an error of ours', async () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.object());
    const utterance = fc.record(
      { text: value, start_time: value, end_time: value, words: value, speaker: value },
      { requiredKeys: [] },
    );
    const state = fc.record(
      {
        status: value,
        error: value,
        duration: value,
        result: fc.oneof(
          value,
          fc.array(fc.record({ text: value, utterances: fc.array(utterance) })),
        ),
      },
      { requiredKeys: ['result'] },
    );
    let body = '';
    await using server = await ScriptedServer.start((_, answer) => reply(answer, body));
    const { transcription } = createTranscription(server);
    await fc.assert(
      fc.asyncProperty(state, async (one) => {
        body = JSON.stringify({ ...one, status: 'SUCCESS' });
        const outcome = await transcription
          .wait('job-1')
          .catch((error: unknown) => (StepAudioError.isInstance(error) ? { text: '' } : error));
        expect(outcome).toHaveProperty('text', expect.any(String));
      }),
      { numRuns: 60 },
    );
  });
});

describe('refused before it leaves', () => {
  const { transcription } = createTranscription({ url: 'http://127.0.0.1:9' });

  test.each<[object, string]>([
    [{ format: 'wav' }, 'url'],
    [{ url: 'stepfile://x', format: 'wav' }, 'url'],
    [{ url: 'data:audio/wav;base64,AAAA', format: 'wav' }, 'url'],
    [{ url, format: 'flac' }, 'format'],
    [{ url, format: 'pcm' }, 'sampleRate'],
    [{ url, format: 'wav', model: 'stepaudio-3-asr-max' }, 'model'],
    [{ url, format: 'wav', channels: 3 }, 'channels'],
    [{ url, format: 'wav', channelSplit: true, channels: 1 }, 'channelSplit'],
    [{ url, format: 'wav', speakers: true, utterances: false }, 'speakers'],
    [{ url, format: 'ogg', codec: 'vorbis' }, 'codec'],
    [{ url, format: 'wav', hotwords: [] }, 'hotwords'],
  ])('submit %j', async (options, path) => {
    const call = async () => transcription.submit(options as TranscriptionSubmitOptions);
    const failure = await call().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ValidationError);
    expect(failure).toMatchObject({ path });
    expect((failure as Error).message).not.toContain('signature');
  });

  test.each<[object, string]>([
    [{}, 'file'],
    [{ file: new Uint8Array(0) }, 'file'],
    [{ file: new Uint8Array(9), model: 'stepaudio-2.5-asr' }, 'model'],
    [{ file: new Uint8Array(9), hotwords: [''] }, 'hotwords[0]'],
    [{ file: new Uint8Array(9), language: 'zh' }, 'language'],
  ])('create %j', async (options, path) => {
    await expect(transcription.create(options as TranscriptionCreateOptions)).rejects.toMatchObject(
      { name: 'ValidationError', path },
    );
  });

  test.each<[unknown, object, string]>([
    ['', {}, 'job'],
    [undefined, {}, 'job'],
    ['x', { pollMs: 0 }, 'pollMs'],
    ['x', { timeoutMs: 5 }, 'timeoutMs'],
  ])('wait %j %j', async (job, options, path) => {
    await expect(transcription.wait(job as string, options)).rejects.toMatchObject({
      name: 'ValidationError',
      path,
    });
  });
});

test('what the subscription does not serve says so', async () => {
  await using server = await ScriptedServer.start((_, answer) => answer.writeHead(404).end());
  const { transcription } = createTranscription(server, { plan: 'step-plan' });
  await expect(transcription.submit({ url, format: 'wav' })).rejects.toBeInstanceOf(
    CapabilityError,
  );
});
