import path from 'node:path';
import type { NarrationCast, NarrationVoice, SpeechPrices } from '@stepvoice/core/narration';
import { SPEECH_PRICES } from '@stepvoice/core/narration';
import { findModel } from '@stepvoice/core/protocol';
import type { SpeechSampleRate } from '@stepvoice/core/protocol';
import { type Policies, readCode, type SpeakableOptions } from '@stepvoice/core/text';
import { UsageError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import type { Translate } from '../language/translate.ts';
import { readCast } from '../narration/cast.ts';
import { cachePath } from '../settings/cache-path.ts';
import { loadSettings } from '../settings/load-settings.ts';
import type { SpeechFlags } from '../settings/load-settings.ts';
import type { Settings } from '../settings/settings.ts';
import { BITRATES, DEFAULT_BITRATE, KINDS, TEMPO_RANGE } from './narrate-defaults.ts';
import { toNumber } from './option-values.ts';
import { toVoiceOptions } from './voice-options.ts';
import type { VoiceFlags } from './voice-options.ts';

export type NarrateFlags = SpeechFlags &
  VoiceFlags & {
    out?: string | undefined;
    from?: string | undefined;
    continue?: boolean | undefined;
    cast?: readonly string[] | undefined;
    tempo?: string | undefined;
    /** A folder, or `false` of `--no-cache`. */
    cache?: string | boolean | undefined;
    dryRun?: boolean | undefined;
    price?: string | undefined;
    subtitles?: string | undefined;
    bitrate?: string | undefined;
    artist?: string | undefined;
    read?: string | undefined;
    skip?: string | undefined;
    as?: string | undefined;
    directives?: boolean | undefined;
    encoding?: string | undefined;
    force?: boolean | undefined;
    quiet?: boolean | undefined;
  };

const SUBTITLES = { srt: 'srt', vtt: 'vtt', json: 'words' } as const;

/** Where a rendered narration goes. */
export type BookFile = {
  readonly path: string;
  readonly format: 'mp3' | 'wav';
  readonly bitrate: number;
  readonly beside: readonly ('srt' | 'vtt' | 'words')[];
  readonly artist: string | undefined;
  readonly replace: boolean;
};

export type NarrateOptions = {
  readonly settings: Settings;
  readonly local: boolean;
  readonly voice: NarrationVoice;
  readonly cast: NarrationCast;
  readonly sampleRate: SpeechSampleRate;
  /** The cast's names among it. */
  readonly text: Omit<SpeakableOptions, 'from'>;
  readonly from: string | undefined;
  readonly goesOn: boolean;
  readonly tempo: number;
  /** `undefined` where nothing is to be kept. */
  readonly cacheFolder: string | undefined;
  readonly prices: SpeechPrices;
  /** `undefined` where it is played. */
  readonly file: BookFile | undefined;
  readonly dryRun: boolean;
  readonly quiet: boolean;
};

/**
 * Reads the options of `narrate`.
 *
 * @throws {UsageError} for what cannot be, before anything is read or sent.
 */
export async function toNarrateOptions(
  flags: NarrateFlags,
  onNote: (note: string) => void,
  context: CommandContext,
): Promise<NarrateOptions> {
  const { t, terminal } = context;
  const settings = await loadSettings(flags, context);
  const { sampleRate, ...voice } = toVoiceOptions(flags, settings, onNote, t);
  const file = toBookFile(flags, t);
  if (file === undefined) refuseWithoutFile(flags, t);
  else refuseWithFile(flags, t);
  const cast = await readCast(flags.cast ?? [], t);
  if (flags.from !== undefined && flags.continue === true) {
    throw new UsageError(t('error.twoBeginnings'));
  }
  const directs = findModel(voice.model)?.speech?.inlineDirectives === true;
  return {
    settings,
    local: flags.local === true,
    voice,
    cast,
    sampleRate,
    text: {
      cast: Object.keys(cast),
      policies: toPolicies(flags, t),
      readCode,
      parentheses: directs && flags.directives !== true ? 'rewrite' : 'keep',
    },
    from: flags.from,
    goesOn: flags.continue === true,
    tempo: flags.tempo === undefined ? 1 : toNumber('--tempo', flags.tempo, TEMPO_RANGE, t),
    cacheFolder: toCacheFolder(flags.cache, terminal),
    prices: toPrices(flags, settings, voice.model, t),
    file,
    dryRun: flags.dryRun === true,
    quiet: flags.quiet === true,
  };
}

function toBookFile(flags: NarrateFlags, t: Translate): BookFile | undefined {
  const { out } = flags;
  if (out === undefined) return undefined;
  const extension = path.extname(out).slice(1).toLowerCase();
  if (extension !== 'mp3' && extension !== 'wav') {
    throw new UsageError(t('error.bookFormat', { file: out }), t('advice.bookFormat'));
  }
  const ofMp3 = (['bitrate', 'artist'] as const).find((name) => flags[name] !== undefined);
  if (extension === 'wav' && ofMp3 !== undefined) {
    throw new UsageError(t('error.onlyMp3', { label: `--${ofMp3}` }), t('advice.bookFormat'));
  }
  const bitrate = flags.bitrate === undefined ? DEFAULT_BITRATE : Number(flags.bitrate);
  if (!BITRATES.some((known) => known === bitrate)) {
    const choices = BITRATES.join(', ');
    throw new UsageError(
      t('error.choice', { label: '--bitrate', value: flags.bitrate ?? '', choices }),
    );
  }
  return {
    path: out,
    format: extension,
    bitrate,
    beside: toList(flags.subtitles).map((kind) => {
      if (Object.hasOwn(SUBTITLES, kind)) return SUBTITLES[kind as keyof typeof SUBTITLES];
      const choices = Object.keys(SUBTITLES).join(', ');
      throw new UsageError(t('error.choice', { label: '--subtitles', value: kind, choices }));
    }),
    artist: flags.artist,
    replace: flags.force === true,
  };
}

function refuseWithoutFile(flags: NarrateFlags, t: Translate): void {
  const needing = (['subtitles', 'bitrate', 'artist', 'force'] as const).find(
    (name) => flags[name] !== undefined,
  );
  if (needing === undefined || flags.dryRun === true) return;
  throw new UsageError(t('error.needsOut', { label: `--${needing}` }));
}

function refuseWithFile(flags: NarrateFlags, t: Translate): void {
  const playing = (['tempo', 'continue'] as const).find((name) => flags[name] !== undefined);
  if (playing === undefined) return;
  throw new UsageError(t('error.onlyPlaying', { label: `--${playing}` }), t('advice.onlyPlaying'));
}

function toPolicies(flags: NarrateFlags, t: Translate): Partial<Policies> {
  const policies: { -readonly [Kind in keyof Policies]?: Policies[Kind] } = {};
  for (const policy of ['read', 'skip'] as const) {
    for (const name of toList(flags[policy])) {
      if (!isKind(name)) {
        const choices = Object.keys(KINDS).join(', ');
        throw new UsageError(t('error.choice', { label: `--${policy}`, value: name, choices }));
      }
      if (policies[KINDS[name]] === 'read' && policy === 'skip') {
        throw new UsageError(t('error.readAndSkip', { kind: name }));
      }
      policies[KINDS[name]] = policy;
    }
  }
  return policies;
}

function isKind(name: string): name is keyof typeof KINDS {
  return Object.hasOwn(KINDS, name);
}

function toCacheFolder(
  flag: NarrateFlags['cache'],
  { platform, env }: CommandContext['terminal'],
): string | undefined {
  if (flag === false) return undefined;
  return typeof flag === 'string' ? flag : path.join(cachePath(platform, env), 'speech');
}

/** The list is that of the host in China, in yuan; elsewhere nothing is known, unless the user says it. */
function toPrices(
  flags: NarrateFlags,
  { region, plan, baseURL }: Settings,
  model: string,
  t: Translate,
): SpeechPrices {
  if (flags.price !== undefined) {
    const price = toNumber('--price', flags.price, [0, 1_000_000], t);
    return { currency: SPEECH_PRICES.currency, per10000: { [model]: price } };
  }
  const isListed = region?.value !== 'intl' && plan?.value !== 'step-plan' && baseURL === undefined;
  return isListed ? SPEECH_PRICES : { ...SPEECH_PRICES, per10000: {} };
}

function toList(value: string | undefined): string[] {
  const items = value?.split(/[,，\s]+/) ?? [];
  return items.filter((item) => item !== '');
}
