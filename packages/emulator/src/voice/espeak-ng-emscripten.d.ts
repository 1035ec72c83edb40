/** eSpeak NG compiled to WebAssembly; the package has no types of its own. What is declared is what is used. */
declare module '@echogarden/espeak-ng-emscripten' {
  export type EspeakBlockEvent = {
    type: string;
    text_position: number;
    audio_position: number;
    id?: string | number | undefined;
  };

  export interface EspeakWorker {
    /** 0 when the voice exists. */
    set_voice(name: string, language: string, gender: number, age: number, variant: number): number;
    set_rate(wordsPerMinute: number): void;
    set_pitch(percent: number): void;
    set_range(percent: number): void;
    set_volume(percent: number): void;
    /** Calls back for each block of samples; a true answer ends it. */
    synthesize(
      text: string,
      onBlock: (samples: Int16Array, events: EspeakBlockEvent[]) => boolean,
    ): void;
  }

  export interface EspeakModule {
    eSpeakNGWorker: new () => EspeakWorker;
    FS: { writeFile(path: string, content: string): void };
    /** The engine's whole memory. */
    HEAPU8: Uint8Array;
  }

  export default function loadEspeak(options: {
    print(line: string): void;
    printErr(line: string): void;
    /** The data file's content. */
    getPreloadedPackage(): ArrayBufferLike;
  }): Promise<EspeakModule>;
}
