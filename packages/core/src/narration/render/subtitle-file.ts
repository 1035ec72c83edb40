import type { SubtitleCue } from './subtitle-cues.ts';

/** SubRip, as players read it. */
export function toSrt(cues: readonly SubtitleCue[]): string {
  return cues.map((cue, index) => toSrtBlock(cue, index)).join('');
}

/** One cue of a SubRip file; blocks in their order, counted from 0, are the file. */
export function toSrtBlock({ startMs, endMs, lines }: SubtitleCue, index: number): string {
  const times = `${formatTime(startMs, ',')} --> ${formatTime(endMs, ',')}`;
  const gap = index === 0 ? '' : '\n';
  return `${gap}${index + 1}\n${times}\n${lines.join('\n')}\n`;
}

/** WebVTT (W3C), as browsers read it. */
export function toVtt(cues: readonly SubtitleCue[]): string {
  return [VTT_HEADER, ...cues.map(toVttBlock)].join('');
}

/** What a WebVTT file begins with. */
export const VTT_HEADER = 'WEBVTT\n';

/** One cue of a WebVTT file, to stand behind {@link VTT_HEADER} and the cues before. */
export function toVttBlock({ startMs, endMs, lines }: SubtitleCue): string {
  const times = `${formatTime(startMs, '.')} --> ${formatTime(endMs, '.')}`;
  return `\n${times}\n${lines.map(escape).join('\n')}\n`;
}

/** `<` begins a tag there, `&` an entity, and `-->` the times. */
function escape(line: string): string {
  return line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function formatTime(ms: number, point: ',' | '.'): string {
  const whole = Math.round(ms);
  const pad = (value: number, length: number): string => String(value).padStart(length, '0');
  const seconds = Math.floor(whole / 1000);
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return `${clock.map((part) => pad(part, 2)).join(':')}${point}${pad(whole % 1000, 3)}`;
}
