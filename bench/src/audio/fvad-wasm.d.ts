declare module '@echogarden/fvad-wasm' {
  export interface Fvad {
    readonly HEAP16: Int16Array;
    _malloc(bytes: number): number;
    _fvad_new(): number;
    _fvad_set_mode(detector: number, mode: number): number;
    _fvad_set_sample_rate(detector: number, sampleRate: number): number;
    /** 1 for speech, 0 for none, −1 for a frame of a wrong length. */
    _fvad_process(detector: number, samples: number, length: number): number;
  }
  export default function load(): Promise<Fvad>;
}
