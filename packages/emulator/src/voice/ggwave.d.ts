/** ggwave compiled to WebAssembly; the package has no types of its own. What is declared is what is used. */
declare module 'ggwave' {
  /** An enumeration value of the library's, only ever handed back to it. */
  export type GgwaveEnum = { readonly value: number };

  export type GgwaveParameters = {
    payloadLength: number;
    sampleRateInp: number;
    sampleRateOut: number;
    sampleFormatInp: GgwaveEnum;
    sampleFormatOut: GgwaveEnum;
    operatingMode: number;
  };

  export interface GgwaveModule {
    SampleFormat: { GGWAVE_SAMPLE_FORMAT_I16: GgwaveEnum };
    ProtocolId: Readonly<Record<string, GgwaveEnum>>;
    GGWAVE_OPERATING_MODE_RX: number;
    GGWAVE_OPERATING_MODE_TX: number;
    getDefaultParameters(): GgwaveParameters;
    /** A handle, or a negative number when too many are in use. */
    init(parameters: GgwaveParameters): number;
    free(instance: number): void;
    /** Sound as bytes; a view of memory that the next call overwrites. */
    encode(instance: number, payload: Uint8Array, protocol: GgwaveEnum, volume: number): Int8Array;
    /** The payload heard by now, empty when none; a view of memory that the next call overwrites. */
    decode(instance: number, sound: Int8Array): Int8Array;
    disableLog(): void;
    rxToggleProtocol(protocol: GgwaveEnum, on: 0 | 1): void;
  }

  export default function loadGgwave(options: {
    print(line: string): void;
    printErr(line: string): void;
    quit(status: number, reason: unknown): void;
  }): Promise<GgwaveModule>;
}
