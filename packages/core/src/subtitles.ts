export {
  SubtitleCutter,
  toSubtitleCues,
  type SubtitleCue,
} from './narration/render/subtitle-cues.ts';
export { toSrt, toVtt } from './narration/render/subtitle-file.ts';
export { toTextUnits, type Measure, type TextUnit } from './narration/render/text-units.ts';
export type { TimedSegment } from './narration/render/timed-text.ts';
