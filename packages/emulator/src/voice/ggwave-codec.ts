/// <reference path="./ggwave.d.ts" />
import loadGgwave, { type GgwaveEnum, type GgwaveModule } from 'ggwave';

/** The rate the sound is made and heard at: at others the library resamples by itself, slowly, and at 22 050 Hz in vain. */
export const ggwaveSampleRate = 48_000;
/** Bytes of each piece of data. With a fixed length there is no header that an encoder's first frames could swallow. */
export const ggwavePayloadBytes = 8;

/** The fastest audible protocol: 0.26 s for eight bytes between 1.9 and 6.3 kHz, with Reed–Solomon parity. */
const protocolName = 'GGWAVE_PROTOCOL_AUDIBLE_FASTEST';
/** Of 100; gives peaks of −12.6 dBFS, which leaves room to double the volume. */
const loudness = 25;

type Direction = 'send' | 'receive';

/** One copy of the library holds four instances; who is one too many gets another copy. */
const copies: Promise<GgwaveModule>[] = [];
const mostCopies = 64;

async function load(): Promise<GgwaveModule> {
  const module = await withoutProcessListeners(() => {
    const ignore = (): void => {};
    return loadGgwave({ print: ignore, printErr: ignore, quit: ignore });
  });
  module.disableLog();
  for (const [name, protocol] of Object.entries(module.ProtocolId)) {
    // The enumeration object also carries fields that are none of its values.
    if (name.startsWith('GGWAVE_PROTOCOL_')) {
      module.rxToggleProtocol(protocol, name === protocolName ? 1 : 0);
    }
  }
  return module;
}

/** An instance in the first copy that has room. */
async function open(direction: Direction): Promise<{ module: GgwaveModule; instance: number }> {
  for (let i = 0; i < mostCopies; i++) {
    const module = await (copies[i] ??= load());
    const format = module.SampleFormat.GGWAVE_SAMPLE_FORMAT_I16;
    const instance = module.init({
      ...module.getDefaultParameters(),
      payloadLength: ggwavePayloadBytes,
      sampleFormatInp: format,
      sampleFormatOut: format,
      operatingMode:
        direction === 'send' ? module.GGWAVE_OPERATING_MODE_TX : module.GGWAVE_OPERATING_MODE_RX,
    });
    if (instance >= 0) return { module, instance };
  }
  throw new Error(
    'No more sound codes can be read or written at once; free those no longer needed.',
  );
}

/** Compiled modules of this age take over the process's last-resort handlers while they start, synchronously; it gets them back. */
function withoutProcessListeners<T>(start: () => T): T {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => process.listeners(event as 'uncaughtException'));
  try {
    return start();
  } finally {
    events.forEach((event, i) => {
      for (const listener of process.listeners(event as 'uncaughtException')) {
        if (!before[i]!.includes(listener)) process.off(event, listener);
      }
    });
  }
}

/** One instance of the library, for one direction. It lives in memory that no garbage collector sees: free it. */
export class GgwaveCodec {
  readonly #module: GgwaveModule;
  readonly #protocol: GgwaveEnum;
  #instance: number;

  /** @throws {Error} hundreds of instances in use. */
  static async create(direction: Direction): Promise<GgwaveCodec> {
    const { module, instance } = await open(direction);
    return new GgwaveCodec(module, instance);
  }

  private constructor(module: GgwaveModule, instance: number) {
    this.#module = module;
    this.#protocol = module.ProtocolId[protocolName]!;
    this.#instance = instance;
  }

  /** The sound of eight bytes, at 48 kHz. */
  encode(payload: Uint8Array): Int16Array {
    const bytes = this.#module.encode(this.#instance, payload, this.#protocol, loudness);
    return new Int16Array(bytes.slice().buffer);
  }

  /** Listens on; gives the eight bytes that were recognised by now. The same are reported several times in a row. */
  decode(samples: Int16Array): Uint8Array | undefined {
    const bytes = new Int8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    const payload = this.#module.decode(this.#instance, bytes);
    return payload.length === 0 ? undefined : new Uint8Array(payload);
  }

  /** Gives the memory back. May be called twice. */
  free(): void {
    if (this.#instance >= 0) this.#module.free(this.#instance);
    this.#instance = -1;
  }
}
