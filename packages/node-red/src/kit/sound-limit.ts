import { LocalizedError } from './flow-error.ts';

/** Of a sound in one message: more would stand in the way of everything else. */
export const MAX_WHOLE_BYTES = 128 * 1024 * 1024;

/** For a sound that is too large for one message, or for an address. */
export function soundTooLarge(maxBytes: number): LocalizedError {
  return new LocalizedError(
    'sound_too_large',
    {
      en: `The sound would have more than ${maxBytes} bytes. Choose MP3 or an output in pieces, or send a shorter text.`,
      zh: `音频将超过 ${maxBytes} 字节。请选择 MP3 或分段输出，或缩短文本。`,
    },
    { badge: 'badInput' },
  );
}
