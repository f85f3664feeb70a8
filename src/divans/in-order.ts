/**
 * In order: work on several items at once, whose results come out in the order of the items.
 *
 *   items     0  1  2  3 ...        taken one by one, never more than `limit` ahead
 *   results   0, then 1, then 2
 *
 * When one fails, or the caller leaves, the others are told to end and are waited for, so that nothing
 * goes on behind the caller's back.
 */

/**
 * @param items - taken while work goes on
 * @param limit - how many are worked on at once
 * @param work - gets a signal that ends it when its result is not wanted any more
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterator<Item>,
  limit: number,
  signal: AbortSignal | undefined,
  work: (item: Item, signal: AbortSignal) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const ended = new AbortController();
  const either = signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal]);
  const underWay: Promise<Result>[] = [];
  let hasMore = true;
  try {
    while (hasMore || underWay.length > 0) {
      while (hasMore && underWay.length < limit) {
        const next = await items.next();
        hasMore = next.done !== true;
        if (next.done === true) break;
        const result = work(next.value, either);
        // It is waited for below; a fault of one that is not reached has no reader.
        result.catch(() => undefined);
        underWay.push(result);
      }
      const first = underWay.shift();
      if (first !== undefined) yield await first;
    }
  } finally {
    ended.abort();
    await Promise.allSettled(underWay);
    await items.return?.();
  }
}
