import { EnergyDetector, SpectralDetector, decodePcm16 } from '@stepvoice/core/audio';
import type { Figures } from '../../harness/row.ts';
import type { AudioTaskOf } from '../audio-task.ts';
import { bestTime, noiseBytes } from '../best-time.ts';

/** 10 ms at 16 kHz. */
const FRAME_SAMPLES = 160;
const FRAMES = 500;
/** As strict as the WebRTC detector's users have it most often. */
const WEBRTC_MODE = 2;

type Judge = (frame: Int16Array, played: Int16Array) => unknown;

const JUDGES: Readonly<Record<string, () => Promise<Judge>>> = {
  async ours() {
    const detector = new SpectralDetector();
    return (frame) => detector.process(frame).active;
  },
  async 'ours with playback'() {
    const detector = new SpectralDetector();
    return (frame, played) => detector.process(frame, played).active;
  },
  async 'ours by energy'() {
    const detector = new EnergyDetector();
    return (frame) => detector.process(frame).active;
  },
  async webrtc() {
    const { default: load } = await import('@echogarden/fvad-wasm');
    const fvad = await load();
    const detector = fvad._fvad_new();
    fvad._fvad_set_mode(detector, WEBRTC_MODE);
    fvad._fvad_set_sample_rate(detector, 16_000);
    const memory = fvad._malloc(FRAME_SAMPLES * 2);
    return (frame) => {
      fvad.HEAP16.set(frame, memory >> 1);
      return fvad._fvad_process(detector, memory, FRAME_SAMPLES);
    };
  },
};

/** Microseconds for a frame of 10 ms, half of them noise and half with a buzz in it. */
export async function measureDetection(task: AudioTaskOf<'detection'>): Promise<Figures> {
  const judge = await JUDGES[task.contender]?.();
  if (judge === undefined) throw new Error(`no detector ${task.contender}`);
  const samples = decodePcm16(noiseBytes(FRAMES * FRAME_SAMPLES * 2)).map((noise, i) => {
    const isSounding = Math.floor(i / 8000) % 2 === 1;
    return noise / 300 + (isSounding ? ((i % 120) - 60) * 20 : 0);
  });
  const ms = bestTime(() => {
    for (let at = 0; at < samples.length; at += FRAME_SAMPLES) {
      const frame = samples.subarray(at, at + FRAME_SAMPLES);
      judge(frame, frame);
    }
  });
  return { time: (ms * 1000) / FRAMES };
}
