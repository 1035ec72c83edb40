import type { Prosody } from './prosody.ts';
import type { VoiceProfile } from './voice-profile.ts';

/** The body a piece is spoken with: that of the voice, as the manner of speaking bends it. */
export type VoiceBody = Omit<VoiceProfile, 'language' | 'rate'> & {
  /** Unsteadiness of the pitch, 0 to 1. */
  tremor: number;
};

/** Around which point between its lowest pitch and its highest a voice moves (measured): English rides on its accents. */
const middleOf = (language: string) => (language === 'en' ? 0.68 : 0.45);
/** Lower than any voice speaks; the engine's pulses fall apart below. */
const lowestPitchHz = 50;

/**
 * The voice's body in a manner of speaking. Pitch scales around its middle, which is the same in all languages, so that more liveliness
 * does not mean higher.
 */
export function bodyInManner(profile: VoiceProfile, prosody: Prosody, language: string): VoiceBody {
  const { language: _, rate: __, ...body } = profile;
  const middleHz = (body.pitchHz + middleOf('cmn') * body.pitchRangeHz) * prosody.pitch;
  const pitchRangeHz = body.pitchRangeHz * prosody.range * prosody.pitch;
  return {
    ...body,
    pitchHz: Math.max(lowestPitchHz, middleHz - middleOf(language) * pitchRangeHz),
    pitchRangeHz,
    breath: Math.max(body.breath, prosody.breath),
    tremor: prosody.tremor,
  };
}

/**
 * The body as a voice variant file of eSpeak NG (its `docs/voices.md` tells the keywords): formants in percent of frequency, height and
 * width; `voicing`, `breath` and `breathw` for how much of the sound is tone and how much is noise around each formant.
 */
export function variantFile(body: VoiceBody): string {
  const { pitchHz, pitchRangeHz, resonance, brightness, breath, roughness } = body;
  const lowest = Math.round(pitchHz);
  const highest = Math.max(lowest + 4, Math.round(pitchHz + pitchRangeHz));
  const whispers = breath > 0.8;
  const noise = (loudest: number) => Math.round(loudest * breath);
  const upper = (share: number) => Math.round(100 + (brightness - 100) * share);
  return [
    'language variant',
    'name stepvoice',
    `gender ${body.gender}`,
    `pitch ${lowest} ${highest}`,
    `flutter ${Math.round(2 + 18 * body.tremor)}`,
    `roughness ${Math.min(7, Math.round(roughness + 3 * body.tremor))}`,
    `voicing ${whispers ? 12 : Math.round(100 - 45 * breath)}`,
    `formant 0 100 ${whispers ? 0 : 100} 100`,
    `formant 1 ${resonance} 100 100`,
    `formant 2 ${resonance} ${upper(0.5)} 100`,
    `formant 3 ${resonance} ${upper(1)} 100`,
    `formant 4 ${resonance} ${upper(1.4)} 100`,
    `formant 5 ${resonance} ${upper(1.6)} 100`,
    ...(breath > 0
      ? [
          `breath ${[75, 75, 50, 40, 15, 10].map(noise).join(' ')}`,
          'breathw 150 150 200 200 400 400',
        ]
      : []),
    '',
  ].join('\n');
}
