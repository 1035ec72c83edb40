import * as v from 'valibot';

/** One token of a subtitle with its times in milliseconds over the whole audio. */
export const WireSubtitleItem = v.looseObject({
  text: v.string(),
  start_time: v.number(),
  end_time: v.number(),
});

/**
 * One cut piece of the text with the times of its tokens. HTTP and SSE put `timestamp` (when the entry was made, ms
 * since the epoch) inside; the WebSocket puts it beside `data`. `items` is empty where alignment failed.
 */
export const WireSubtitle = v.looseObject({
  text: v.string(),
  request_id: v.optional(v.string()),
  items: v.optional(v.nullable(v.array(WireSubtitleItem))),
  timestamp: v.optional(v.number()),
});

export type WireSubtitle = v.InferOutput<typeof WireSubtitle>;
