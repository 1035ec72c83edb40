import type { Figures } from '../harness/row.ts';
import type { AudioTask } from './audio-task.ts';
import { measureBase64 } from './tasks/base64-coding.ts';
import { measureDetection } from './tasks/detection.ts';
import { measureEventParsing } from './tasks/event-parsing.ts';
import { measureFraming } from './tasks/framing.ts';
import { measurePcmConversion } from './tasks/pcm-conversion.ts';
import { measureResamplerQuality } from './tasks/resampler-quality.ts';
import { countStreamedDifferences, measureResamplerSpeed } from './tasks/resampler-speed.ts';

async function perform(task: AudioTask): Promise<Figures> {
  switch (task.kind) {
    case 'eventParsing':
      return measureEventParsing(task);
    case 'base64':
      return measureBase64(task);
    case 'pcm':
      return measurePcmConversion(task);
    case 'framing':
      return measureFraming(task);
    case 'resamplerQuality':
      return measureResamplerQuality(task);
    case 'resamplerSpeed':
      return measureResamplerSpeed(task);
    case 'resamplerStreaming':
      return countStreamedDifferences();
    case 'detection':
      return measureDetection(task);
  }
}

const figures = await perform(JSON.parse(process.argv[2] ?? '{}') as AudioTask);
process.stdout.write(JSON.stringify(figures), () => process.exit());
