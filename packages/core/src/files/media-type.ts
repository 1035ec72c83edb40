import { containerMediaType, hasText, sniffContainer } from '../audio/container.ts';

/**
 * The media type of a file, told from its first bytes: sound, images and video that the service keeps, and PDF.
 * `undefined` for anything else, all text included.
 *
 * @param bytes the beginning of the file; 2 KiB are enough
 */
export function sniffMediaType(bytes: Uint8Array): string | undefined {
  if (hasText(bytes, 0, '\x89PNG\r\n\x1a\n')) return 'image/png';
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'image/jpeg';
  if (hasText(bytes, 0, 'GIF87a') || hasText(bytes, 0, 'GIF89a')) return 'image/gif';
  if (hasText(bytes, 0, 'RIFF') && hasText(bytes, 8, 'WEBP')) return 'image/webp';
  if (hasText(bytes, 0, '%PDF-')) return 'application/pdf';
  const container = sniffContainer(bytes);
  if (container === undefined) return undefined;
  // The same boxes hold sound alone (M4A, by its brand) or video.
  if (container === 'mp4') return hasText(bytes, 8, 'M4A') ? 'audio/mp4' : 'video/mp4';
  return containerMediaType(container);
}
