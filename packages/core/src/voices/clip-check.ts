import { id3TagLength, isId3Tag, sniffContainer } from '../audio/container.ts';
import { createDurationScanner } from '../audio/duration/duration-scanner.ts';
import { readMp3Frame } from '../audio/mp3-frame.ts';
import { durationSeconds } from '../audio/pcm.ts';
import { inspectClip } from '../audio/vad/clip-inspection.ts';
import type { ClipInspection } from '../audio/vad/clip-inspection.ts';
import { readWav } from '../audio/wav-reader.ts';
import { ProtocolError, ValidationError } from '../errors.ts';
import { CLONE_SECONDS } from '../protocol/voice-clone-rules.ts';

/** Something about a clone that the caller should know and the service may mind. `message` says what to do. */
export type CloneWarning = { message: string } & (
  | { code: 'short' | 'long'; seconds: number; advised: readonly [number, number] }
  | { code: 'little-speech'; speechSeconds: number }
  | { code: 'quiet'; speechDbfs: number }
  | { code: 'noisy'; signalToNoiseDb: number }
  | { code: 'clipped'; clippedShare: number }
  | { code: 'low-sample-rate'; sampleRate: number }
  | { code: 'channels'; channels: number }
  /** The uploaded file is still there: after a failure that leaves open whether the voice was made, or to delete it. */
  | { code: 'file-kept'; fileId: string }
);

/** What is known of a clip. Of an mp3, which is not decoded here, only the first four. */
export type ClipReport = {
  container: 'wav' | 'mp3';
  /** `undefined` for an mp3 whose frames cannot be followed. */
  seconds: number | undefined;
  sampleRate: number | undefined;
  channels: number | undefined;
  inspection: ClipInspection | undefined;
};

export type ClipCheck = { clip: ClipReport; warnings: readonly CloneWarning[] };

/** No voice can be told from less, and nobody means a minute of something else by a clip of 10 s. */
const POSSIBLE_SECONDS = [1, 60] as const;
/** Less is a click, a breath, or noise that was taken for one. */
const LEAST_SPEECH_SECONDS = 0.5;
/** Of the advised length: a clip with long pauses holds too little of the voice. */
const LEAST_SPEECH_SHARE = 0.6;
/** Below it the speech drowns in the 16 bits of most devices; a usual recording has −30 to −15. */
const QUIET_DBFS = -42;
const NOISY_DB = 15;
/** One sample in a thousand is heard as crackling. */
const CLIPPED_SHARE = 0.001;
/** Speech coded for a telephone lacks what is above 4 kHz. */
const LOW_SAMPLE_RATE = 16_000;

/**
 * Checks a clip before it is uploaded: what certainly cannot be cloned is refused, what the service advises against is a
 * warning. Its pages disagree on the length, so from 1 to 60 s none is refused.
 *
 * @throws {ValidationError} for what is no wav or mp3, cannot be read, is shorter than 1 s or longer than 60 s, or holds
 *   no speech.
 */
export function checkClip(bytes: Uint8Array, model: string): ClipCheck {
  if (bytes.length === 0) throw refusal('it is empty', 'a clip that is not empty');
  const container = sniffContainer(bytes);
  if (container !== 'wav' && container !== 'mp3') {
    const found = container === undefined ? 'no sound file that is known' : container;
    throw refusal(`it is ${found}`, 'wav or mp3', 'wav or mp3, converted from the recording');
  }
  const warnings: CloneWarning[] = [];
  const onLength = (seconds: number): void => checkLength(seconds, model, warnings);
  const clip = container === 'wav' ? readWavClip(bytes, onLength) : readMp3Clip(bytes, onLength);
  if (clip.inspection !== undefined) checkSpeech(clip.inspection, clip.channels ?? 1, warnings);
  checkForm(clip, warnings);
  return { clip, warnings };
}

/** @param onLength told before the sound is looked at: an hour of it is refused at once */
function readWavClip(bytes: Uint8Array, onLength: (seconds: number) => void): ClipReport {
  let wav;
  try {
    wav = readWav(bytes);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw refusal('it cannot be read', 'wav of PCM samples, or mp3', '16-bit PCM', error);
  }
  const seconds = durationSeconds(wav);
  onLength(seconds);
  return {
    container: 'wav',
    seconds,
    sampleRate: wav.sampleRate,
    channels: wav.format.channels,
    inspection: inspectClip(wav),
  };
}

/** By the headers of its frames: nothing is decoded. */
function readMp3Clip(bytes: Uint8Array, onLength: (seconds: number) => void): ClipReport {
  const scanner = createDurationScanner('mp3');
  scanner?.push(bytes);
  const seconds = scanner?.seconds;
  if (seconds !== undefined) onLength(seconds);
  const frame = readMp3Frame(bytes, isId3Tag(bytes) ? id3TagLength(bytes) : 0);
  return {
    container: 'mp3',
    seconds,
    sampleRate: frame?.sampleRate,
    channels: frame?.channels,
    inspection: undefined,
  };
}

function checkLength(seconds: number, model: string, warnings: CloneWarning[]): void {
  const [least, most] = POSSIBLE_SECONDS;
  if (seconds < least || seconds > most) {
    throw refusal(
      `it lasts ${seconds.toFixed(1)} s`,
      `${least} to ${most} s`,
      `${CLONE_SECONDS[0]} to ${CLONE_SECONDS[1]} s of one person speaking`,
    );
  }
  const [shortest, longest] = CLONE_SECONDS;
  const asked = `The service asks for ${shortest} to ${longest} s; this clip lasts ${seconds.toFixed(1)} s`;
  if (seconds < shortest) {
    // Its page on the model promises what its page on cloning does not.
    const promised = model === 'stepaudio-2.5-tts' && seconds >= 3;
    const hint = promised ? ', which its page on this model calls enough' : '';
    warnings.push({
      code: 'short',
      seconds,
      advised: CLONE_SECONDS,
      message: `${asked}${hint}. A longer one makes a truer voice.`,
    });
  } else if (seconds > longest) {
    const message = `${asked}. Cut out the clearest ${longest} s.`;
    warnings.push({ code: 'long', seconds, advised: CLONE_SECONDS, message });
  }
}

function checkSpeech(found: ClipInspection, channels: number, warnings: CloneWarning[]): void {
  const { seconds, speechSeconds, speechDbfs, noiseDbfs, clippedShare } = found;
  if (speechSeconds < LEAST_SPEECH_SECONDS) {
    const twin = channels > 1 ? ' Where two channels cancel each other, give one of them.' : '';
    throw refusal(
      `it holds ${speechSeconds.toFixed(1)} s of speech`,
      'a clip in which somebody speaks',
      `another recording, spoken and not whispered, with the microphone on.${twin}`,
    );
  }
  const wanted = Math.min(seconds, CLONE_SECONDS[0]) * LEAST_SPEECH_SHARE;
  if (speechSeconds < wanted) {
    const message = `Only ${speechSeconds.toFixed(1)} s of ${seconds.toFixed(1)} s are speech. Cut the pauses out, or record more.`;
    warnings.push({ code: 'little-speech', speechSeconds, message });
  }
  if (speechDbfs < QUIET_DBFS) {
    const message = `The recording is quiet (${speechDbfs.toFixed(0)} dBFS). Speak closer to the microphone.`;
    warnings.push({ code: 'quiet', speechDbfs, message });
  }
  const signalToNoiseDb = speechDbfs - noiseDbfs;
  if (signalToNoiseDb < NOISY_DB) {
    const message = `The speech stands only ${signalToNoiseDb.toFixed(0)} dB above the noise, and the clone learns both. Record in a quiet room.`;
    warnings.push({ code: 'noisy', signalToNoiseDb, message });
  }
  if (clippedShare > CLIPPED_SHARE) {
    const message = `${(clippedShare * 100).toFixed(1)} % of the samples are at full scale: the recording crackles. Turn the microphone down.`;
    warnings.push({ code: 'clipped', clippedShare, message });
  }
}

function checkForm({ sampleRate, channels }: ClipReport, warnings: CloneWarning[]): void {
  if (sampleRate !== undefined && sampleRate < LOW_SAMPLE_RATE) {
    const message = `The clip has ${sampleRate} Hz, and the clone sounds as dull. Record at ${LOW_SAMPLE_RATE} Hz or more.`;
    warnings.push({ code: 'low-sample-rate', sampleRate, message });
  }
  if (channels !== undefined && channels > 1) {
    const message = `The clip has ${channels} channels. Give one, with one person speaking.`;
    warnings.push({ code: 'channels', channels, message });
  }
}

function refusal(found: string, allowed: string, instead?: string, cause?: Error): ValidationError {
  const reason = cause === undefined ? '' : ` (${cause.message.replace(/\.$/, '')})`;
  const advice = instead === undefined ? '' : ` Use ${instead.replace(/\.$/, '')}.`;
  return new ValidationError(
    `audio cannot be cloned from: ${found}${reason}. It takes ${allowed}.${advice}`,
    { path: 'audio', value: undefined, allowed, instead },
  );
}
