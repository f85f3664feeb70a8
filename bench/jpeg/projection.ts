/**
 * Projection: how fast a chunk would decode on more cores than there are here, as told by those there are.
 *
 *   two threads   1 / (s + (1 - s) / 2) times one        -> s, the share that is not shared out
 *   n threads     1 / (s + (1 - s) / n) times one        Amdahl's law; a segment has one thread at most
 *
 * One thread's speed is that of its CPU time. It is no measurement, and is printed as what it is.
 */

/** Cores that the projection is for. */
export const PROJECTED_CORES = 4;

/** Times as fast on `cores` as on one, where two are so many times as fast. */
export function projectedScaling(timesOnTwo: number, cores: number): number {
  const times = Math.min(2, Math.max(1, timesOnTwo));
  const apart = 2 / times - 1;
  return 1 / (apart + (1 - apart) / cores);
}

export interface MeasuredSpeeds {
  readonly segments: number;
  readonly cpuSpeed: number;
  readonly oneThreadSpeed: number;
  readonly twoThreadsSpeed: number;
}

/** MB of JPEG per second by the clock on PROJECTED_CORES, or on as many as there are segments. */
export function projectedSpeed(point: MeasuredSpeeds): number {
  const { segments, cpuSpeed, oneThreadSpeed, twoThreadsSpeed } = point;
  const cores = Math.min(PROJECTED_CORES, segments);
  return cpuSpeed * projectedScaling(twoThreadsSpeed / oneThreadSpeed, cores);
}
