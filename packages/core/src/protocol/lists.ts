import * as v from 'valibot';

/** Answer of `GET /models`. */
export const WireModelList = v.looseObject({
  object: v.literal('list'),
  data: v.array(
    v.looseObject({
      id: v.string(),
      object: v.optional(v.string()),
      created: v.optional(v.number()),
      owned_by: v.optional(v.string()),
    }),
  ),
});

/** Answer of `GET /audio/system_voices`. Some ids of `voices` have no entry in `voices-details`. */
export const WireSystemVoices = v.looseObject({
  voices: v.array(v.string()),
  'voices-details': v.optional(
    v.record(
      v.string(),
      v.looseObject({
        'voice-name': v.optional(v.string()),
        'voice-description': v.optional(v.string()),
        recommended_scene: v.optional(v.string()),
      }),
    ),
  ),
});

export type WireModelList = v.InferOutput<typeof WireModelList>;
export type WireSystemVoices = v.InferOutput<typeof WireSystemVoices>;
