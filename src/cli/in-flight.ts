/**
 * Several pieces of work at once, their results in the order of the items.
 */

const ROUNDS_KEPT = 16;

/**
 * Runs `work` on each item, at most `limit` at a time, and yields the results in order.
 *
 * An item that is slow holds back the results after it, never the work. A rejection of `work`
 * ends the iteration once its turn comes; work that is under way then is waited for.
 *
 * @param limit - 1 or more
 */
export async function* inFlight<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  limit: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const started: { result: Promise<Result>; settled: boolean }[] = [];
  let running = 0;
  let wake = (): void => undefined;
  try {
    for await (const item of items) {
      const one = { result: work(item), settled: false };
      started.push(one);
      running += 1;
      const finished = (): void => {
        one.settled = true;
        running -= 1;
        wake();
      };
      // Handled here so that a rejection may wait for its turn.
      one.result.then(finished, finished);
      // Results that wait for a slow one before them are kept, up to sixteen rounds of them.
      while (started[0]?.settled || running >= limit || started.length >= limit * ROUNDS_KEPT) {
        if (started[0]?.settled) yield await (started.shift() as typeof one).result;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    }
    for (let next = started.shift(); next !== undefined; next = started.shift()) {
      yield await next.result;
    }
  } finally {
    await Promise.allSettled(started.map((one) => one.result));
  }
}

/** Runs `work` on each item, at most `limit` at a time; what it resolves to is of no interest. */
export async function eachInFlight<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  limit: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const results = inFlight(items, limit, work);
  while ((await results.next()).done !== true);
}
