import type { SubtitleCue } from './subtitle-cues.ts';

/** SubRip, as players read it. */
export function toSrt(cues: readonly SubtitleCue[]): string {
  return cues
    .map(({ startMs, endMs, lines }, index) => {
      const times = `${formatTime(startMs, ',')} --> ${formatTime(endMs, ',')}`;
      return `${index + 1}\n${times}\n${lines.join('\n')}\n`;
    })
    .join('\n');
}

/** WebVTT (W3C), as browsers read it. */
export function toVtt(cues: readonly SubtitleCue[]): string {
  const blocks = cues.map(({ startMs, endMs, lines }) => {
    const times = `${formatTime(startMs, '.')} --> ${formatTime(endMs, '.')}`;
    return `${times}\n${lines.map(escape).join('\n')}\n`;
  });
  return ['WEBVTT\n', ...blocks].join('\n');
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
