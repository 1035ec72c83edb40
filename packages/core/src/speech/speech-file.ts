import { sniffContainer } from '../audio/container.ts';
import { ProtocolError, StepAudioError } from '../errors.ts';
import { ByteCollector } from '../net/collect-body.ts';
import { EventStreamReader } from '../net/event-stream.ts';
import { requestIdOf } from '../net/exchange.ts';
import type { WholeAnswer } from '../net/exchange.ts';
import type { HttpHead } from '../net/http-transport.ts';
import type { SpeechFormat } from '../protocol/models.ts';
import { createStreamAssembler } from './audio-assembler.ts';
import type { CallErrors } from '../net/call-errors.ts';
import { SpeechEventDecoder } from './event-decoder.ts';
import { ForeignAnswer, mediaTypeOf } from '../net/foreign-answer.ts';
import type { SpeechEvent, SpeechFile, Subtitle } from './speech-events.ts';

export type AskedFor = { format: SpeechFormat; sampleRate: number };

/** Gathers the events of a stream into a file, likewise. */
export async function collectEvents(
  events: AsyncIterable<SpeechEvent>,
  asked: AskedFor,
  maxBytes: number,
): Promise<Omit<SpeechFile, 'requestId'>> {
  const pieces = new ByteCollector(maxBytes, undefined);
  const subtitles: Subtitle[] = [];
  try {
    for await (const event of events) collectEvent(event, pieces, subtitles);
  } catch (error) {
    if (StepAudioError.isInstance(error)) error.partial = pieces.join();
    throw error;
  }
  const audio = pieces.join();
  return { audio, format: formatOf(audio, asked.format), sampleRate: asked.sampleRate, subtitles };
}

/**
 * The audio of a whole answer.
 *
 * @throws {StepAudioError} for an answer that holds none: a failure told with status 200, a gateway's page, nothing.
 */
export function toSpeechFile(
  { head, body }: WholeAnswer,
  asked: AskedFor,
  errors: CallErrors,
): SpeechFile {
  const requestId = requestIdOf(head);
  if (body.length === 0) {
    throw new ProtocolError('The service sent an empty file.', { code: 'no_audio', requestId });
  }
  const container = sniffContainer(body);
  if (container === undefined && isForeignToAudio(head, body, asked.format)) {
    const foreign = new ForeignAnswer(head, errors, 'audio');
    foreign.push(body);
    throw foreign.toError();
  }
  const format = formatOf(body, asked.format);
  const audio = format === 'pcm' ? body.subarray(0, body.length - (body.length % 2)) : body;
  return { audio, format, sampleRate: asked.sampleRate, subtitles: [], requestId };
}

/** The file in a whole answer that is an event stream; throws what a stream of it would. */
export function toSpeechFileFromEvents(
  { head, body }: WholeAnswer,
  asked: AskedFor,
  errors: CallErrors,
): SpeechFile {
  const requestId = requestIdOf(head);
  const pieces = new ByteCollector(Number.POSITIVE_INFINITY, requestId);
  const subtitles: Subtitle[] = [];
  const decoder = new SpeechEventDecoder(
    createStreamAssembler(asked.format, asked.sampleRate),
    (event) => collectEvent(event, pieces, subtitles),
    (raw) => errors.fromFailure(raw, requestId),
  );
  const reader = new EventStreamReader((data) => {
    if (!decoder.isDone) decoder.push(data);
  });
  reader.feed(body);
  reader.end();
  if (!decoder.isDone) {
    throw new ProtocolError('The answer ends before its closing event.', {
      code: 'stream_cut',
      requestId,
    });
  }
  const audio = pieces.join();
  const format = formatOf(audio, asked.format);
  return { audio, format, sampleRate: asked.sampleRate, subtitles, requestId };
}

function collectEvent(event: SpeechEvent, pieces: ByteCollector, subtitles: Subtitle[]): void {
  if (event.type === 'audio') pieces.push(event.audio);
  else if (event.type === 'subtitle') {
    const { text, words, requestId } = event;
    subtitles.push({ text, words, requestId });
  }
}

function isForeignToAudio(head: HttpHead, body: Uint8Array, asked: SpeechFormat): boolean {
  const mediaType = mediaTypeOf(head);
  if (mediaType === 'application/json' || mediaType === 'text/html') return true;
  // Only samples have no sign of their own; among them, what begins like JSON or a page is looked at.
  const mayBeText =
    asked !== 'pcm' || mediaType.startsWith('text/') || body[0] === 0x7b || body[0] === 0x3c;
  return mayBeText && isText(body);
}

/** Sound is hardly ever valid UTF-8, and where it is, it is silence: zeros. */
function isText(body: Uint8Array): boolean {
  if (body.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(body);
    return true;
  } catch {
    return false;
  }
}

function formatOf(audio: Uint8Array, asked: SpeechFormat): SpeechFormat {
  const container = sniffContainer(audio);
  if (container === 'wav' || container === 'flac') return container;
  if (container === 'ogg') return 'opus';
  // One in 22 000 sounds begins like an MP3 frame; a tag is proof.
  if (container === 'mp3' && (asked !== 'pcm' || audio[0] === 0x49)) return 'mp3';
  return asked;
}
