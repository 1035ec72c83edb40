import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { wavHeader } from '@stepvoice/core/audio';
import type { CommandContext } from '../command-context.ts';
import { DEFAULT_MODEL } from '../commands/voice-options.ts';
import { createAudioSpool } from '../output/audio-spool.ts';
import { Playback } from '../output/playback.ts';
import { findPlayers } from '../output/system-player.ts';
import { openService } from '../service/service.ts';
import type { Service } from '../service/service.ts';
import { speakPieces } from '../speaking/speak.ts';
import { colorsFor } from '../terminal/colors.ts';
import { LevelMeter } from '../terminal/level-meter.ts';
import { Progress } from '../terminal/progress.ts';
import { formatTable, padTo } from '../terminal/table.ts';
import { print } from '../terminal/terminal.ts';
import { writeDemoFile } from './demo-file.ts';
import { DEMO_LINES } from './demo-script.ts';

const SAMPLE_RATE = 24_000;
/** About as fast as a language model writes. */
const PIECE_MS = 45;
const METER_WIDTH = 24;
/** Of the column before the words. */
const VOICE_WIDTH = Math.max(...DEMO_LINES.map(({ voice }) => voice.length)) + 2;

/** What `npm start` shows: two voices of the emulator speak text that is still being written. */
export async function demo(context: CommandContext): Promise<void> {
  const { terminal, t, signal } = context;
  const { bold, dim } = colorsFor(terminal.stdout, terminal.env);
  await print(terminal, `${bold(t('demo.title'))}\n${t('demo.honest')}\n\n`, t);
  const players = await findPlayers(terminal.platform, terminal.env);
  const spool = await createAudioSpool(SAMPLE_RATE);
  const playback = new Playback({
    spool,
    players,
    sampleRate: SAMPLE_RATE,
    keepUnplayed: false,
    signal,
    onPlayerFailed: () => {},
  });
  const progress = new Progress(
    { terminal, sampleRate: SAMPLE_RATE, quiet: false, heardSeconds: () => playback.heardSeconds },
    t,
  );
  const sound: Uint8Array[] = [];
  let service: Service | undefined;
  try {
    progress.wait(t('progress.emulator'));
    service = await openService(
      { settings: NO_SETTINGS, local: true, onEmulator: () => {} },
      context,
    );
    progress.wait(t('progress.waiting'));
    const hear = async (audio: Uint8Array): Promise<void> => {
      progress.audio(audio);
      sound.push(audio);
      await playback.write(audio);
    };
    for (const line of DEMO_LINES) await sayLine(line, service, hear, progress, context);
    const file = await writeDemoFile(process.cwd(), toWav(sound));
    const { player } = await playback.finish();
    progress.stop();
    const where = path.relative(process.cwd(), file) || file;
    const heard = player === undefined ? t('demo.notPlayed') : t('progress.played', { player });
    await print(terminal, `\n${t('demo.file', { file: where })}  ${dim(`(${heard})`)}\n\n`, t);
    await print(terminal, `${bold(t('demo.next'))}\n${nextCommands(context)}\n`, t);
  } catch (error) {
    await playback.abandon();
    throw error;
  } finally {
    progress.stop();
    await service?.close();
  }
}

const NO_SETTINGS = {
  apiKey: undefined,
  region: undefined,
  plan: undefined,
  baseURL: undefined,
  voice: undefined,
  model: undefined,
};

/** One voice: its words as they are written, and below them what was measured. */
async function sayLine(
  { voice, pieces }: (typeof DEMO_LINES)[number],
  { client }: Service,
  hear: (audio: Uint8Array) => Promise<void>,
  progress: Progress,
  { terminal, t, signal }: CommandContext,
): Promise<void> {
  const { cyan, dim, green } = colorsFor(terminal.stdout, terminal.env);
  const meter = new LevelMeter(SAMPLE_RATE);
  let startedAt: number | undefined;
  let firstSoundMs: number | undefined;
  let bytes = 0;
  await print(terminal, `  ${cyan(padTo(voice, VOICE_WIDTH))}`, t);
  async function* write(): AsyncGenerator<string> {
    for (const piece of pieces) {
      await sleep(PIECE_MS, undefined, { signal });
      await print(terminal, piece, t);
      yield piece;
    }
    await print(terminal, '\n', t);
  }
  await speakPieces(write(), {
    speech: client.speech,
    voice: { voice, model: DEFAULT_MODEL, sampleRate: SAMPLE_RATE },
    format: 'pcm',
    sink: {
      isLive: false,
      async write(audio) {
        firstSoundMs ??= performance.now() - (startedAt ?? performance.now());
        bytes += audio.length;
        meter.push(audio);
        await hear(audio);
      },
      room: async () => {},
    },
    onText: () => {
      startedAt ??= performance.now();
      progress.started();
    },
    signal,
  });
  const seconds = (bytes / 2 / SAMPLE_RATE).toFixed(1);
  const measured = t('demo.measured', { ms: Math.round(firstSoundMs ?? 0), seconds });
  const indent = ' '.repeat(2 + VOICE_WIDTH);
  await print(terminal, `${indent}${green(meter.overview(METER_WIDTH))}  ${dim(measured)}\n`, t);
}

function toWav(sound: readonly Uint8Array[]): Uint8Array {
  const bytes = sound.reduce((sum, piece) => sum + piece.length, 0);
  const header = wavHeader({ sampleRate: SAMPLE_RATE, samples: bytes / 2 });
  return Buffer.concat([header, ...sound]);
}

function nextCommands({ terminal, t }: CommandContext): string {
  // Sources run in a checkout only, where there is no such program on the PATH.
  const program = import.meta.url.endsWith('.ts') ? 'npm start --' : 'stepvoice';
  const { cyan } = colorsFor(terminal.stdout, terminal.env);
  return formatTable([
    [`  ${cyan(`${program} say "你好，世界"`)}`, t('demo.try.say')],
    [`  ${cyan(`${program} voices`)}`, t('demo.try.voices')],
    [`  ${cyan(`${program} config`)}`, t('demo.try.config')],
  ]);
}
