import type {
  Speech,
  SpeechEvent,
  SpeechFormat,
  SpeechSocketEvent,
  SpeechSocketFormat,
  SpeechVoiceOptions,
} from '@stepvoice/core/node';
import { StreamedSpeech, type StreamedText } from './speak-stream.ts';

/** Most characters of one request; what is longer goes over a socket, which takes text of any length. */
const REQUEST_CHARACTERS = 1000;

/** Something to be said, and what comes of it. */
export type Utterance = {
  /** To be read once. Nothing is asked for before. */
  events: AsyncIterable<SpeechEvent | SpeechSocketEvent>;
  /** Its audio is samples where a WAV file was asked for. */
  needsHeader: boolean;
  /** Its text came as a stream, which stopped without its end: what had come is spoken. */
  isStalled(): boolean;
  /** `false` only once a streamed text has ended, and was blank. */
  hasText(): boolean;
  characters(): number;
  requestId(): string | undefined;
};

/** How its sound is wanted: as it comes, or as one file. */
export type Wanted = { format: SpeechFormat; isStream: boolean };

type Voice = SpeechVoiceOptions & { signal: AbortSignal };

export function sayText(
  speech: Speech,
  voice: Voice,
  { text, characters, wanted }: { text: string; characters: number; wanted: Wanted },
): Utterance {
  if (characters > REQUEST_CHARACTERS) return sayLongText(speech, voice, text, characters, wanted);
  const { format } = wanted;
  if (wanted.isStream) {
    const events = speech.stream({ ...voice, text, format });
    return {
      events,
      needsHeader: false,
      isStalled: () => false,
      hasText: () => true,
      characters: () => characters,
      requestId: () => events.requestId,
    };
  }
  let requestId: string | undefined;
  const events = async function* (): AsyncGenerator<SpeechEvent, void> {
    const file = await speech.create({ ...voice, text, format });
    requestId = file.requestId;
    yield { type: 'audio', audio: file.audio, durationSeconds: undefined };
    for (const subtitle of file.subtitles) yield { type: 'subtitle', ...subtitle };
  };
  return {
    events: events(),
    needsHeader: false,
    isStalled: () => false,
    hasText: () => true,
    characters: () => characters,
    requestId: () => requestId,
  };
}

/** Says a text while it is being written. */
export function sayStream(
  speech: Speech,
  voice: Voice,
  text: StreamedText,
  wanted: Wanted,
): Utterance {
  const streamed = new StreamedSpeech(speech, { ...voice, format: toSocketFormat(wanted) }, text);
  return {
    events: streamed.events(),
    needsHeader: isFileOfSamples(wanted),
    isStalled: () => streamed.isStalled,
    hasText: () => streamed.hasText,
    characters: () => streamed.characters,
    requestId: () => streamed.requestId,
  };
}

function sayLongText(
  speech: Speech,
  voice: Voice,
  text: string,
  characters: number,
  wanted: Wanted,
): Utterance {
  let requestId: string | undefined;
  const events = async function* (): AsyncGenerator<SpeechSocketEvent, void> {
    const socket = await speech.connect({ ...voice, format: toSocketFormat(wanted) });
    requestId = socket.requestId;
    socket.write(text);
    socket.end();
    yield* socket;
  };
  return {
    events: events(),
    needsHeader: isFileOfSamples(wanted),
    isStalled: () => false,
    hasText: () => true,
    characters: () => characters,
    requestId: () => requestId,
  };
}

/** A socket's WAV does not say how long it is, as that of a file should. */
function isFileOfSamples({ format, isStream }: Wanted): boolean {
  return format === 'wav' && !isStream;
}

function toSocketFormat(wanted: Wanted): SpeechSocketFormat {
  if (isFileOfSamples(wanted)) return 'pcm';
  const { format } = wanted;
  return format === 'pcm' || format === 'wav' ? format : `${format}_stream`;
}
