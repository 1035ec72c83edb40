import * as v from 'valibot';
import { lenient } from './lenient.ts';

/**
 * A stored file, as every file endpoint describes it. `status` is `processed` or `success`, or missing: the service's own
 * samples differ. `created_at` is in seconds.
 */
export const WireFile = v.looseObject({
  id: v.string(),
  object: lenient(v.string()),
  bytes: lenient(v.number()),
  created_at: lenient(v.number()),
  filename: lenient(v.string()),
  purpose: lenient(v.string()),
  status: lenient(v.string()),
});

/** Answer of `GET /files`: all of them, without pages. */
export const WireFileList = v.looseObject({
  object: lenient(v.string()),
  data: v.array(WireFile),
});

/** Answer of `DELETE /files/{id}`. */
export const WireFileDeletion = v.looseObject({
  id: lenient(v.string()),
  object: lenient(v.string()),
  deleted: lenient(v.boolean()),
});

export type WireFile = v.InferOutput<typeof WireFile>;
export type WireFileList = v.InferOutput<typeof WireFileList>;
export type WireFileDeletion = v.InferOutput<typeof WireFileDeletion>;
