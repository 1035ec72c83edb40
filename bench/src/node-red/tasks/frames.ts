import { UtteranceCutter, concatSamples, decodePcm16, encodePcm16 } from '@stepvoice/core/audio';
import { StepAudio } from '@stepvoice/core/node';
import { syntheticVoice } from '../../../../packages/core/src/audio/vad/testing/synthetic-voice.ts';
import type { Figures } from '../../harness/row.ts';
import { startFlowRuntime } from '../flow-runtime.ts';
import type { FlowTaskOf } from '../flow-task.ts';

const SAMPLE_RATE = 16_000;
const FRAME_BYTES = 640;
const FRAME_MS = 20;
/** Speech and the pause behind it, in frames. */
const SPEECH_FRAMES = 50;
const PERIOD_FRAMES = 100;
/** The same for both contenders: the pause that the speech here has room for, and else the segment node's defaults. */
const CUT = { endMs: 500, startMs: 200, preRollMs: 300, postRollMs: 200, maxSeconds: 60 };
/** A node loads the library with its first message; that is a matter of `startup`. */
const WARM_UP_FRAMES = 50;
const PATIENCE_MS = 20_000;
const SETTLE_MS = 100;

type Tally = { utterances: number; heardMs: number; transcribed: number };
type Ears = {
  /** One frame of one stream. */
  hear(stream: number, frame: Buffer): void;
  tally: Tally;
};

/**
 * Many microphones at once, in real time, through segment → asr and through the library alone: processor time as a share of a
 * core, and whether every utterance was found whole and transcribed.
 */
export async function measureFrames(task: FlowTaskOf<'frames'>): Promise<Figures> {
  const { streams, seconds } = task;
  const period = framesOfPeriod();
  const ears = task.contender === 'flow' ? await flowEars(task) : coreEars(task);
  const frames = (seconds * 1000) / FRAME_MS;
  const firstAt = performance.now();
  let usage = process.cpuUsage();
  let startedAt = firstAt;
  let worstLateMs = 0;
  for (let frame = 0; frame < WARM_UP_FRAMES + frames; frame += 1) {
    if (frame === WARM_UP_FRAMES) {
      usage = process.cpuUsage();
      startedAt = performance.now();
      worstLateMs = 0;
    }
    const dueAt = firstAt + frame * FRAME_MS;
    const waitMs = dueAt - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    else await new Promise((resolve) => setImmediate(resolve));
    worstLateMs = Math.max(worstLateMs, performance.now() - dueAt);
    for (let stream = 0; stream < streams; stream += 1) {
      // Nobody speaks in step.
      const at = (frame + Math.floor((stream * PERIOD_FRAMES) / streams)) % PERIOD_FRAMES;
      ears.hear(stream, period[at] as Buffer);
    }
  }
  const { tally } = ears;
  const until = performance.now() + PATIENCE_MS;
  // The last frames may still be on their way through the flow when all that was found so far is transcribed.
  do await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  while (tally.transcribed < tally.utterances && performance.now() < until);
  const { user, system } = process.cpuUsage(usage);
  const wallMs = performance.now() - startedAt;
  return {
    cpu: (user + system) / 1000 / wallMs,
    heard: tally.heardMs / 1000,
    utterances: tally.utterances,
    transcribed: tally.transcribed,
    late: worstLateMs,
  };
}

function framesOfPeriod(): Buffer[] {
  const voice = syntheticVoice({
    seconds: (SPEECH_FRAMES * FRAME_MS) / 1000,
    sampleRate: SAMPLE_RATE,
    pitch: 140,
    dbfs: -20,
  });
  const samples = new Int16Array((PERIOD_FRAMES * FRAME_MS * SAMPLE_RATE) / 1000);
  samples.set(voice);
  const bytes = encodePcm16(samples);
  return Array.from({ length: PERIOD_FRAMES }, (_, index) =>
    Buffer.from(bytes.buffer, bytes.byteOffset + index * FRAME_BYTES, FRAME_BYTES),
  );
}

async function flowEars({ baseUrl }: FlowTaskOf<'frames'>): Promise<Ears> {
  const runtime = await startFlowRuntime(baseUrl, [
    { id: 'in', type: 'bench-in', wires: [['segment']] },
    {
      id: 'segment',
      type: 'stepvoice-segment',
      output: 'pcm',
      ...CUT,
      wires: [['asr', 'utterances'], []],
    },
    { id: 'utterances', type: 'bench-out' },
    { id: 'asr', type: 'stepvoice-asr', account: 'account', wires: [['texts'], []] },
    { id: 'texts', type: 'bench-out' },
  ]);
  const tally: Tally = { utterances: 0, heardMs: 0, transcribed: 0 };
  runtime.receive('utterances', ({ payload }) => {
    tally.utterances += 1;
    tally.heardMs += ((payload as Buffer).length * 1000) / 2 / SAMPLE_RATE;
  });
  runtime.receive('texts', () => {
    tally.transcribed += 1;
  });
  const audio = { format: 'pcm', encoding: 's16le', sampleRate: SAMPLE_RATE, channels: 1 };
  return {
    tally,
    hear: (stream, frame) =>
      runtime.send('in', { payload: frame, sessionId: `stream-${stream}`, audio }),
  };
}

/** The same work without Node-RED: the cutter that the segment node has, for each stream, and a call for each utterance. */
function coreEars({ baseUrl, streams }: FlowTaskOf<'frames'>): Ears {
  const client = new StepAudio({ apiKey: 'bench', baseURL: baseUrl });
  const tally: Tally = { utterances: 0, heardMs: 0, transcribed: 0 };
  const each = Array.from({ length: streams }, () => ({
    cutter: new UtteranceCutter({ sampleRate: SAMPLE_RATE, ...CUT }),
    parts: [] as Int16Array[],
  }));
  const transcribe = async (samples: Int16Array): Promise<void> => {
    for await (const event of client.transcription.stream({ samples, sampleRate: SAMPLE_RATE })) {
      if (event.type === 'final') tally.transcribed += 1;
    }
  };
  return {
    tally,
    hear(stream, frame) {
      const ear = each[stream];
      if (ear === undefined) return;
      for (const event of ear.cutter.push(decodePcm16(frame))) {
        if (event.type === 'started') {
          ear.parts = [];
        } else if (event.type === 'sound') {
          ear.parts.push(event.samples);
        } else {
          const whole = concatSamples(ear.parts).subarray(0, event.ownSamples);
          tally.utterances += 1;
          tally.heardMs += (whole.length * 1000) / SAMPLE_RATE;
          void transcribe(whole);
        }
      }
    },
  };
}
