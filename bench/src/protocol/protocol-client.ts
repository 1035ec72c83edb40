/** 20 ms at 24 kHz, what a microphone of ours hands over at a time. */
export const FRAME_SAMPLES = 480;
export const API_KEY = 'bench';
export const REALTIME_MODEL = 'stepaudio-2.5-realtime';
export const VOICE = 'linjiajiejie';

/** An open conversation. */
export interface RealtimeClient {
  /** Sends a frame of the microphone, at 24 kHz. */
  write(samples: Int16Array): void;
  /** Says a word and has it answered; settles when the answer is complete. */
  ask(onAudio: (samples: Int16Array) => void): Promise<void>;
  close(): void;
}

/** One way to use the protocol, as its users use it. */
export interface ProtocolClient {
  /** @param onArrival called when the socket hands a message over, before anything is done with it */
  openRealtime(onArrival?: () => void): Promise<RealtimeClient>;
  /** Transcribes 16 kHz mono sound in one request; resolves with the text. */
  transcribe(samples: Int16Array): Promise<string>;
  /** Transcribes it through a socket, in frames of 100 ms. */
  transcribeOverSocket(samples: Int16Array): Promise<string>;
}

/** Loads the client's packages, none of which may be loaded before, and makes a client. */
export type OpenProtocolClient = (baseUrl: string) => Promise<ProtocolClient>;

export const ASR_RATE = 16_000;
export const ASR_FRAME_SAMPLES = ASR_RATE / 10;
