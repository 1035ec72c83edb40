import { ValidationError } from '../../errors.ts';
import { readMp3Frame } from '../mp3-frame.ts';
import { plainHeader } from './mp3-info-frame.ts';

/**
 * A frame of silence of the same kind and bit rate as the one whose header is given: side information of zeros, which says
 * that there is no data. It begins and leaves an empty bit reservoir, so that it can stand between any two streams.
 *
 * @throws {ValidationError} for a header that is none.
 */
export function silentFrame(header: Uint8Array): Uint8Array<ArrayBuffer> {
  const plain = header.length < 4 ? header : plainHeader(header);
  const layout = readMp3Frame(plain, 0);
  if (layout === undefined) {
    const allowed = 'the 4 bytes of a layer III header';
    throw new ValidationError(`header must be ${allowed}.`, {
      path: 'header',
      value: header.length,
      allowed,
    });
  }
  const frame = new Uint8Array(layout.bytes);
  frame.set(plain);
  return frame;
}
