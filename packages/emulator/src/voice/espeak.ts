/// <reference path="./espeak-ng-emscripten.d.ts" />
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import loadEspeak, { type EspeakModule, type EspeakWorker } from '@echogarden/espeak-ng-emscripten';
import { concatSamples } from '@stepvoice/core/audio';
import { variantFile, type VoiceBody } from './espeak-variant.ts';
import type { EngineEvent } from './word-timing.ts';

/** The engine's own rate; whatever is asked for is made of it. */
export const espeakSampleRate = 22_050;

/** How one piece of text is to be spoken. */
export type EspeakVoice = {
  /** `cmn`, `sichuan`, `yue`, `ja`, `en`, or one of eSpeak NG's languages. */
  language: string;
  body: VoiceBody;
  /** Words a minute as eSpeak NG counts them, 80 to 450. */
  wordsPerMinute: number;
};

export type EspeakSpeech = { samples: Int16Array; events: EngineEvent[] };

const dataFolder = '/usr/share/espeak-ng-data';
const variantName = 'stepvoice';

/**
 * Languages under a name of our own. Sichuan speech is Mandarin without retroflex sounds, as most of the province speaks; the Cantonese
 * one takes Latin letters for Jyutping, which only given readings use (English words never come to it).
 */
const languageFiles: Readonly<Record<string, string>> = {
  'cmn-sichuan': `name Sichuan
language cmn-sichuan
phonemes cmn
dictionary cmn
words 1
dict_min 100000
replace 0 ts.h tsh
replace 0 ts. ts
replace 0 s. s
`,
  'yue-jyutping': `name Cantonese with Jyutping
language yue-jyutping
phonemes yue
dictionary yue
dictrules 2
words 1
dict_min 10000
`,
};

const voiceNames: Readonly<Record<string, string>> = {
  en: 'en-us',
  sichuan: 'cmn-sichuan',
  yue: 'yue-jyutping',
};

/** eSpeak NG itself, synchronous: it belongs into a thread of its own. */
export class Espeak {
  readonly #module: EspeakModule;
  readonly #engine: EspeakWorker;
  /** The engine's memory before it has spoken. */
  readonly #untouched: Uint8Array;

  /** Loads the engine: 24 MB of data, about 0.1 s. */
  static async load(): Promise<Espeak> {
    const entry = createRequire(import.meta.url).resolve('@echogarden/espeak-ng-emscripten');
    // Read here: the package's own loader never settles when the file is missing.
    const data = readFileSync(join(dirname(entry), 'espeak-ng.data'));
    const module = await loadEspeak({
      print: ignore,
      printErr: ignore,
      getPreloadedPackage: () => data.buffer,
    });
    return new Espeak(module);
  }

  private constructor(module: EspeakModule) {
    this.#module = module;
    for (const [name, content] of Object.entries(languageFiles)) {
      module.FS.writeFile(`${dataFolder}/lang/sit/${name}`, content);
    }
    // After the files: it lists them once, here.
    this.#engine = new module.eSpeakNGWorker();
    // Half of what it can: high voices reach its own limiter above that.
    this.#engine.set_volume(50);
    this.#engine.set_pitch(50);
    this.#engine.set_range(50);
    this.#untouched = module.HEAPU8.slice();
  }

  /**
   * Speaks one piece of text.
   * @param text Must not hold `<`, `&` or `[[`: the engine takes them for SSML and phoneme notation.
   */
  speak(text: string, { language, body, wordsPerMinute }: EspeakVoice): EspeakSpeech {
    // The engine's noise, and the phase its oscillators are left in, change with all it has said before. The same request
    // shall give the same sound, to the sample: it begins anew each time, which takes 2 ms.
    this.#module.HEAPU8.set(this.#untouched);
    this.#become(language, variantFile(body));
    this.#engine.set_rate(Math.round(wordsPerMinute));
    const blocks: Int16Array[] = [];
    const events: EngineEvent[] = [];
    this.#engine.synthesize(text, (block, blockEvents) => {
      if (block.length > 0) blocks.push(block);
      for (const { type, text_position, audio_position, id } of blockEvents) {
        if (type !== 'word' && type !== 'phoneme') continue;
        const phoneme = type === 'phoneme' ? String(id ?? '') : '';
        events.push({ type, textPosition: text_position, timeMs: audio_position, phoneme });
      }
      return false;
    });
    return { samples: concatSamples(blocks), events };
  }

  #become(language: string, variant: string): void {
    this.#module.FS.writeFile(`${dataFolder}/voices/!v/${variantName}`, variant);
    const voice = `${voiceNames[language] ?? language}+${variantName}`;
    const result = this.#engine.set_voice(voice, '', 0, 0, 0);
    if (result !== 0) {
      throw new Error(`eSpeak NG has no voice for the language ${language} (${result}).`);
    }
  }
}

function ignore(): void {}
