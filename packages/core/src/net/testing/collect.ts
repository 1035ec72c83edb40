export async function collect<T>(events: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** Everything up to a failure, and the failure. */
export async function collectUntilFailure<T>(
  events: AsyncIterable<T>,
): Promise<{ events: T[]; failure: unknown }> {
  const all: T[] = [];
  try {
    for await (const event of events) all.push(event);
  } catch (failure) {
    return { events: all, failure };
  }
  throw new Error('it did not fail');
}
