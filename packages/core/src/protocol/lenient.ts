import * as v from 'valibot';

/**
 * A received field that nothing depends on: where it is missing, `null` or of another type than was said, it counts as
 * missing, and the message stays usable.
 */
// @__NO_SIDE_EFFECTS__
export function lenient<const Schema extends v.BaseSchema<unknown, unknown, v.BaseIssue<unknown>>>(
  schema: Schema,
) {
  return v.fallback(v.optional(schema), undefined);
}
