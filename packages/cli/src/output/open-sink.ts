import type { Translate } from '../language/translate.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { createAudioFile } from './audio-file.ts';
import type { AudioSink } from './audio-sink.ts';
import { createAudioSpool } from './audio-spool.ts';
import { AudioStdout } from './audio-stdout.ts';
import { Playback } from './playback.ts';
import type { SpeechOutput } from './speech-output.ts';
import { findPlayers, playerNames } from './system-player.ts';

export type OpenSinkOptions = {
  output: SpeechOutput;
  sampleRate: number;
  force: boolean;
  signal: AbortSignal;
  onNote: (note: string) => void;
};

/**
 * Opens the destination, before anything is spoken: what is wrong with it is told before it costs anything.
 *
 * @throws {UsageError} for a destination that cannot be.
 */
export async function openSink(
  options: OpenSinkOptions,
  terminal: Terminal,
  t: Translate,
): Promise<AudioSink> {
  const { output, sampleRate, force, signal, onNote } = options;
  const { destination, format } = output;
  switch (destination.kind) {
    case 'file':
      return createAudioFile({ path: destination.path, format, sampleRate, force }, t);
    case 'stdout':
      return new AudioStdout(terminal.stdout, { format, sampleRate }, t);
    case 'player': {
      const players = await findPlayers(terminal.platform, terminal.env);
      if (players.length === 0) {
        onNote(t('note.noPlayer', { names: playerNames(terminal.platform).join(', ') }));
      }
      return new Playback({
        spool: await createAudioSpool(sampleRate),
        players,
        sampleRate,
        keepUnplayed: true,
        signal,
        onPlayerFailed: ({ player, message }) => {
          onNote(t('note.playerFailed', { player, reason: message }));
        },
      });
    }
  }
}
