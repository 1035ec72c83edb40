import * as v from 'valibot';
import { lenient } from './lenient.ts';

/** One row of `GET /models`, and the answer of `GET /models/{id}`. `created` is in seconds. */
export const WireModel = v.looseObject({
  id: v.string(),
  object: lenient(v.string()),
  created: lenient(v.number()),
  owned_by: lenient(v.string()),
});

/** Answer of `GET /models`. */
export const WireModelList = v.looseObject({
  object: lenient(v.string()),
  data: v.array(WireModel),
});

/** Answer of `GET /audio/system_voices`. Some ids of `voices` have no entry in `voices-details`. */
export const WireSystemVoices = v.looseObject({
  voices: v.array(v.string()),
  'voices-details': lenient(
    v.record(
      v.string(),
      v.looseObject({
        'voice-name': lenient(v.string()),
        'voice-description': lenient(v.string()),
        recommended_scene: lenient(v.string()),
      }),
    ),
  ),
});

export type WireModel = v.InferOutput<typeof WireModel>;
export type WireModelList = v.InferOutput<typeof WireModelList>;
export type WireSystemVoices = v.InferOutput<typeof WireSystemVoices>;
