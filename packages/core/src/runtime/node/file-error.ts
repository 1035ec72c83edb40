import { basename } from 'node:path';
import { StepAudioError } from '../../errors.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; make room and render again, what is done stays',
  EDQUOT: 'your share of the disk is used up; make room and render again, what is done stays',
  EFBIG: 'the file system holds no larger files; render WAV as MP3, or elsewhere',
  EROFS: 'the folder is read-only; choose another one',
  EACCES: 'there is no right to write it; choose another folder',
  EPERM: 'there is no right to write it; choose another folder',
  ENOENT: 'its folder is not there; make it first',
  ENOTDIR: 'its folder is a file; choose another one',
  EISDIR: 'it is a folder; choose another name',
};

/** The system's error in words. */
export function fileError(path: string, error: unknown): StepAudioError {
  const { code = 'unknown' } = error as NodeJS.ErrnoException;
  const reason = REASONS[code] ?? `the system says ${code}`;
  return new StepAudioError(`${basename(path)} cannot be written: ${reason}.`, {
    code: 'file_failed',
    cause: error,
  });
}
