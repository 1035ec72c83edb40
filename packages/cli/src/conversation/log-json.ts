import type { LogEntry } from './conversation-log.ts';

/** What was said, for programs. */
export function toLogJson(
  entries: readonly LogEntry[],
  facts: { model: string; voice: string },
): string {
  const turns = entries
    .filter((entry) => entry.role === 'tool' || entry.text !== '' || entry.isFinal)
    .map((entry) => {
      switch (entry.role) {
        case 'user':
          return { role: entry.role, text: entry.text };
        case 'tool':
          return {
            role: entry.role,
            name: entry.name,
            arguments: entry.arguments,
            output: entry.output,
          };
        case 'assistant':
          return {
            role: entry.role,
            text: entry.text,
            audioMs: Math.round(entry.audioMs),
            firstAudioMs: entry.firstAudioMs === undefined ? null : Math.round(entry.firstAudioMs),
            status: entry.status,
            interrupted: entry.interrupted,
            ...(entry.heardMs === undefined ? {} : { heardMs: entry.heardMs }),
          };
      }
    });
  return `${JSON.stringify({ ...facts, turns }, undefined, 2)}\n`;
}
