import type { Speech, SpeechSocketFormat } from '@stepvoice/core/node';
import { SPEECH_TEXT_LIMIT, characterCount } from '@stepvoice/core/protocol';
import type { SpeechFormat } from '@stepvoice/core/protocol';
import type { VoiceOptions } from '../commands/voice-options.ts';
import type { AudioSink } from '../output/audio-sink.ts';
import { speakSession } from './speech-session.ts';
import { TextFeed } from './text-feed.ts';
import { cutText } from './cut-text.ts';

/**
 * How much text leaves at a time, in UTF-16 units: half a minute of Chinese. More is not asked for, nor paid for, before
 * most of it was heard; a session must see text once a minute.
 */
const PIECE_LENGTH = 100;

export type SpeakOptions = {
  speech: Speech;
  voice: VoiceOptions;
  /** What arrives; PCM where a WAV is made of it. */
  format: SpeechFormat;
  /** Where the sound goes, and when there is room for more of it. */
  sink: Pick<AudioSink, 'isLive' | 'write' | 'room'>;
  /** Called before text leaves, with each piece. */
  onText?: ((text: string) => void) | undefined;
  signal: AbortSignal;
};

/**
 * Speaks a text that is known as a whole: one request where it fits, else over a socket, whose pieces are joined exactly.
 */
export async function speakWhole(text: string, options: SpeakOptions): Promise<void> {
  if (characterCount(text) > SPEECH_TEXT_LIMIT) return speakPieces([text], options);
  const { speech, voice, format, sink, onText, signal } = options;
  onText?.(text);
  for await (const event of speech.stream({ ...voice, text, format, signal })) {
    if (event.type === 'audio') await sink.write(event.audio);
  }
}

/**
 * Speaks text while it arrives, over a socket. Where it pauses for longer than the service waits, a new session takes it
 * up, and the sound goes on.
 *
 * @returns without a sound where all of the text is blank.
 */
export async function speakPieces(
  pieces: AsyncIterable<string> | Iterable<string>,
  options: SpeakOptions,
): Promise<void> {
  const feed = new TextFeed(cutText(pieces, PIECE_LENGTH));
  const socketFormat = toSocketFormat(options.format);
  let held: string | undefined;
  for (;;) {
    if (held === undefined) {
      const fed = await feed.next(options.signal);
      if (fed.kind !== 'text') return;
      held = fed.text;
    }
    held = await speakSession(held, { ...options, format: socketFormat, feed });
  }
}

/** The form whose pieces, joined, are one file. */
function toSocketFormat(format: SpeechFormat): SpeechSocketFormat {
  switch (format) {
    case 'mp3':
    case 'opus':
    case 'flac':
      return `${format}_stream`;
    case 'pcm':
    case 'wav':
      return 'pcm';
  }
}
