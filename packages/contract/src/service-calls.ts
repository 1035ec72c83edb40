import type { StepAudio } from '@stepvoice/core';

/** A client of any entry. */
export type Client = Pick<StepAudio, keyof StepAudio>;

/** How an answer travels, which decides what can go wrong on its way. */
export type Transport =
  /** An answer that is read when it is complete. */
  | 'whole'
  /** The same, but any text is a good one. */
  | 'text'
  | 'events'
  | 'socket';

/** What the calls use and is there before them. */
export type Prepared = {
  /** {@link SAID} as data speech: 24 kHz mono, so that what is heard can be compared to the letter. */
  samples: Int16Array;
  /** The same as a WAV file. */
  wav: Uint8Array;
  /** A clip of a voice, stored under purpose `storage`. */
  fileId: string;
  /** A text, stored under purpose `file-extract`. */
  textFileId: string;
  /** An address from which the emulator can fetch `wav`. */
  audioUrl: string;
  /** A file transcription that is over. */
  jobId: string;
};

export type CallContext = Prepared & {
  signal: AbortSignal | undefined;
  /** Told of every event of the call, in order; the call goes on when it settles. */
  seen: (event: unknown) => void | Promise<void>;
  /** Takes audio as it comes, so that what came before a failure can be looked at. */
  hear: (audio: Uint8Array) => void;
};

export type ServiceCall = {
  name: string;
  transport: Transport;
  /** Makes the whole call. Gives what came, without what differs from call to call: ids, times. */
  run(client: Client, context: CallContext): Promise<unknown>;
};

export const SAMPLE_RATE = 24_000;
/** What the clip says. */
export const SAID = '好';
export const VOICE = 'cixingnansheng';
const TEXT = '火车在八点到站。';
const ASKED = '你好';

/** Every call of the client. */
export const SERVICE_CALLS: readonly ServiceCall[] = [
  {
    name: 'speech.create',
    transport: 'whole',
    async run({ speech }, { signal, hear }) {
      const { audio } = await speech.create({ text: TEXT, voice: VOICE, format: 'pcm', signal });
      hear(audio);
    },
  },
  {
    name: 'speech.create by url',
    transport: 'whole',
    async run({ speech }, { signal, hear }) {
      const options = { text: TEXT, voice: VOICE, format: 'pcm', signal } as const;
      const link = await speech.create({ ...options, returnUrl: true });
      hear((await link.download({ signal })).audio);
    },
  },
  {
    name: 'speech.stream',
    transport: 'events',
    async run({ speech }, { signal, seen, hear }) {
      for await (const event of speech.stream({ text: TEXT, voice: VOICE, signal })) {
        if (event.type === 'audio') hear(event.audio);
        await seen(event);
      }
    },
  },
  {
    name: 'speech.connect',
    transport: 'socket',
    async run({ speech }, { signal, seen, hear }) {
      await using socket = await speech.connect({ voice: VOICE, format: 'pcm', signal });
      socket.write(TEXT);
      socket.end();
      for await (const event of socket) {
        if (event.type === 'audio') hear(event.audio);
        await seen(event);
      }
    },
  },
  {
    name: 'transcription.stream',
    transport: 'events',
    async run({ transcription }, { signal, seen, wav }) {
      const texts: string[] = [];
      for await (const event of transcription.stream(wav, { language: 'zh', signal })) {
        if (event.type === 'final') texts.push(event.text);
        await seen(event);
      }
      return texts;
    },
  },
  {
    name: 'transcription.connect',
    transport: 'socket',
    async run({ transcription }, { signal, seen, samples }) {
      await using socket = await transcription.connect({ language: 'zh', signal });
      socket.write(samples, SAMPLE_RATE);
      socket.end();
      const texts: string[] = [];
      for await (const event of socket) {
        if (event.type === 'final') texts.push(event.text);
        await seen(event);
      }
      return texts;
    },
  },
  {
    name: 'transcription.submit',
    transport: 'whole',
    async run({ transcription }, { signal, audioUrl }) {
      const job = await transcription.submit({ url: audioUrl, format: 'wav', signal });
      return typeof job.id;
    },
  },
  {
    name: 'transcription.wait',
    transport: 'whole',
    async run({ transcription }, { signal, jobId }) {
      return (await transcription.wait(jobId, { signal })).text;
    },
  },
  {
    name: 'transcription.create',
    transport: 'whole',
    async run({ transcription }, { signal, wav }) {
      const { text } = await transcription.create({ file: wav, signal });
      return text;
    },
  },
  {
    name: 'realtime.connect',
    transport: 'socket',
    async run({ realtime }, { signal, seen }) {
      await using session = await realtime.connect({ voice: VOICE, signal });
      await session.say(ASKED, { respond: true });
      const pieces: Int16Array[] = [];
      let said = '';
      for await (const event of session) {
        if (event.type === 'audio') pieces.push(event.samples);
        if (event.type === 'transcript') said += event.delta;
        await seen(event);
        if (event.type === 'response-done') break;
      }
      return { said, samples: pieces.reduce((sum, piece) => sum + piece.length, 0) };
    },
  },
  {
    name: 'chat.create',
    transport: 'whole',
    async run({ chat }, { signal }) {
      const messages = [{ role: 'user', content: ASKED }] as const;
      const { text, finishReason } = await chat.create({ messages, signal });
      return { text, finishReason };
    },
  },
  {
    name: 'chat.stream',
    transport: 'events',
    async run({ chat }, { signal, seen }) {
      let text = '';
      const messages = [{ role: 'user', content: ASKED }] as const;
      for await (const event of chat.stream({ messages, signal })) {
        if (event.type === 'text') text += event.delta;
        await seen(event);
      }
      return text;
    },
  },
  {
    name: 'voices.list',
    transport: 'whole',
    async run({ voices }, { signal }) {
      return (await voices.list({ include: 'system', signal })).map(({ id }) => id);
    },
  },
  {
    name: 'voices.listClones',
    transport: 'whole',
    async run({ voices }, { signal }) {
      return Array.isArray((await voices.listClones({ limit: 1, signal })).voices);
    },
  },
  {
    name: 'voices.clone',
    transport: 'whole',
    async run({ voices }, { signal, fileId }) {
      const consent = { by: 'Li Lei', how: 'own-voice' };
      const { id } = await voices.clone({ fileId, consent, signal });
      return id;
    },
  },
  {
    name: 'voices.preview',
    transport: 'whole',
    async run({ voices }, { signal, fileId, hear }) {
      const { audio } = await voices.preview({ fileId, text: ASKED, signal });
      hear(audio);
    },
  },
  {
    name: 'files.upload',
    transport: 'whole',
    async run({ files }, { signal, wav }) {
      const file = await files.upload({ data: wav, filename: '声音.wav', signal });
      await files.delete(file.id);
      return { filename: file.filename, bytes: file.bytes };
    },
  },
  {
    name: 'files.get',
    transport: 'whole',
    async run({ files }, { signal, fileId }) {
      return (await files.get(fileId, { signal })).bytes;
    },
  },
  {
    name: 'files.content',
    transport: 'text',
    async run({ files }, { signal, textFileId }) {
      return files.content(textFileId, { signal });
    },
  },
  {
    name: 'files.list',
    transport: 'whole',
    async run({ files }, { signal, fileId }) {
      return (await files.list({ signal })).some(({ id }) => id === fileId);
    },
  },
  {
    name: 'models.list',
    transport: 'whole',
    async run({ models }, { signal }) {
      return (await models.list({ signal })).map(({ id }) => id);
    },
  },
  {
    name: 'models.get',
    transport: 'whole',
    async run({ models }, { signal }) {
      return (await models.get('step-tts-2', { signal })).id;
    },
  },
];
