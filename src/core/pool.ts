/**
 * Pool: worker threads that run the jobs of one module, and that may hang, trap or die.
 *
 *   run() -> waiting jobs, in order -> a free thread -> answer
 *              |                          |
 *              bounded                    deadline, heap cap; a thread that breaks either is
 *                                         ended, and a new one starts when it is needed
 *
 * A thread has one job at a time. Threads start on first use, and an idle thread does not keep
 * the process alive, so a program that forgets `close` still ends. A lane pins a line of jobs to one
 * thread, for work that keeps state there; when that thread dies the lane is lost, and says so.
 * What a thread runs is in core/jobs.ts, how it is started in core/thread.ts. Buffers and wasm memory
 * are not counted by the heap cap: jobs check sizes before they take memory.
 */
import { assertThat, PithError } from "./errors.ts";
import type { FromThread, JobTable } from "./jobs.ts";
import { startThread, type Thread } from "./thread.ts";

export interface PoolOptions {
  /** The module that calls `serveJobs`; `moduleBeside` gives its address. */
  readonly module: URL;
  /** Name of the threads, for people. */
  readonly name: string;
  /** Threads at most, 1 or more. */
  readonly threads: number;
  /** Jobs running at once; default `threads`. One thread more than that lets a proof run on
   * another thread than the coding although only one core is used. */
  readonly busyMaximum?: number;
  /** Wall-clock milliseconds from the moment a thread gets a job to its answer. */
  readonly timeoutMs: number;
  /** JavaScript heap of a thread in MiB (Node only). */
  readonly heapMib: number;
  /** Jobs that may wait; one more is refused with "Overloaded". */
  readonly waitingMaximum: number;
  /** Posted to every thread before its first job: compiled kernels, addresses of modules. */
  readonly setup?: unknown;
}

export interface RunOptions {
  /** Buffers that move to the thread; empty here afterwards. Shared buffers need no mention. */
  readonly transfer?: readonly ArrayBuffer[];
  /** Milliseconds for this job instead of the pool's. */
  readonly timeoutMs?: number;
  /** Ends the wait with "Aborted". A job that runs already goes on to its end, unheard. */
  readonly signal?: AbortSignal | undefined;
  /** A thread that must not get the job, as `Done.thread` named it. Needs two threads. */
  readonly notOn?: number | undefined;
  /** Goes before the jobs that wait without it: for work that frees memory, such as a proof. */
  readonly first?: boolean;
  /** Never refused with "Overloaded": for work whose number is bounded by work that was let in. */
  readonly admitted?: boolean;
}

/** An answer, and the thread that gave it: a number never used again in this pool. */
export interface Done<Value> {
  readonly value: Value;
  readonly thread: number;
}

export interface PoolStats {
  /** Threads that run now. */
  readonly threads: number;
  /** Threads with a job. */
  readonly busy: number;
  readonly waiting: number;
  /** Threads that hung, trapped or died since the start. */
  readonly replaced: number;
  /** Jobs answered, well or with a fault. */
  readonly done: number;
}

type PayloadOf<Jobs extends JobTable, Name extends keyof Jobs> = Parameters<Jobs[Name]>[0];
type ValueOf<Jobs extends JobTable, Name extends keyof Jobs> = Awaited<ReturnType<Jobs[Name]>>;

/** A line of jobs that all run on one thread, in the order they were given. */
export interface Lane<Jobs extends JobTable> {
  readonly thread: number;
  /** Why the thread is gone; jobs of a lost lane are refused with it. */
  readonly lost: PithError | undefined;
  run<Name extends keyof Jobs & string>(
    job: Name,
    payload: PayloadOf<Jobs, Name>,
    options?: Omit<RunOptions, "notOn" | "first">,
  ): Promise<Done<ValueOf<Jobs, Name>>>;
  /** Frees the lane's share of its thread. */
  close(): void;
}

interface Job {
  readonly name: string;
  readonly payload: unknown;
  readonly options: RunOptions;
  readonly lane: LaneState | undefined;
  readonly resolve: (done: Done<unknown>) => void;
  readonly reject: (fault: PithError) => void;
}

interface LaneState {
  readonly seat: Seat;
  readonly onLost: (fault: PithError) => void;
  lost: PithError | undefined;
}

/** A running thread and what it is doing. */
interface Seat {
  readonly thread: Thread;
  readonly number: number;
  readonly lanes: Set<LaneState>;
  job: Job | undefined;
  jobId: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/**
 * @example
 * const pool = new Pool<Jobs>({ module: moduleBeside("worker", import.meta.url), ... });
 * const { value } = await pool.run("encode", { chunk }, { transfer: [chunk.buffer] });
 */
export class Pool<Jobs extends JobTable> {
  readonly #options: PoolOptions;
  readonly #seats = new Set<Seat>();
  #waiting: Job[] = [];
  #busy = 0;
  #replaced = 0;
  #done = 0;
  #nextThread = 1;
  #nextJob = 1;
  #closed = false;

  constructor(options: PoolOptions) {
    assertThat(Number.isInteger(options.threads) && options.threads >= 1, "a pool has a thread");
    this.#options = options;
  }

  /**
   * Runs one job on the next free thread.
   *
   * @throws PithError what the job threw; "Timeout", "WorkerDied" or "OutOfMemory" when its thread
   *   had to be replaced; "Overloaded" when too many jobs wait; "Aborted" by the signal or `close`
   */
  run<Name extends keyof Jobs & string>(
    job: Name,
    payload: PayloadOf<Jobs, Name>,
    options: RunOptions = {},
  ): Promise<Done<ValueOf<Jobs, Name>>> {
    return this.#enqueue(job, payload, options, undefined) as Promise<Done<ValueOf<Jobs, Name>>>;
  }

  /**
   * Pins a line of jobs to the thread with the fewest lanes.
   *
   * @param onLost - called once when that thread dies while the lane is open
   */
  lane(onLost: (fault: PithError) => void = () => undefined): Lane<Jobs> {
    if (this.#closed) throw closedFault();
    const state: LaneState = { seat: this.#seatForLane(), onLost, lost: undefined };
    state.seat.lanes.add(state);
    const enqueue = this.#enqueue.bind(this);
    return {
      thread: state.seat.number,
      get lost() {
        return state.lost;
      },
      run: <Name extends keyof Jobs & string>(
        job: Name,
        payload: PayloadOf<Jobs, Name>,
        options: RunOptions = {},
      ) => enqueue(job, payload, options, state) as Promise<Done<ValueOf<Jobs, Name>>>,
      close: () => void state.seat.lanes.delete(state),
    };
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  get stats(): PoolStats {
    return {
      threads: this.#seats.size,
      busy: this.#busy,
      waiting: this.#waiting.length,
      replaced: this.#replaced,
      done: this.#done,
    };
  }

  /** Ends all threads; jobs that wait or run are rejected with "Aborted". */
  async close(): Promise<void> {
    this.#closed = true;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const job of waiting) job.reject(closedFault());
    const seats = [...this.#seats];
    for (const seat of seats) this.#vacate(seat, closedFault());
    await Promise.all(seats.map((seat) => seat.thread.stop()));
  }

  #enqueue(
    name: string,
    payload: unknown,
    options: RunOptions,
    lane: LaneState | undefined,
  ): Promise<Done<unknown>> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw closedFault();
      if (lane?.lost !== undefined) throw lane.lost;
      if (options.signal?.aborted) throw abortedFault(name);
      assertThat(options.notOn === undefined || this.#options.threads > 1, "notOn needs 2 threads");
      const isFull = this.#waiting.length >= this.#options.waitingMaximum;
      if (isFull && options.admitted !== true) {
        throw new PithError("Overloaded", { waiting: this.#waiting.length });
      }
      const onAbort = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== job);
        job.reject(abortedFault(name));
      };
      const settle = (): void => options.signal?.removeEventListener("abort", onAbort);
      const job: Job = {
        name,
        payload,
        options,
        lane,
        resolve: (done) => {
          settle();
          resolve(done);
        },
        reject: (fault) => {
          settle();
          reject(fault);
        },
      };
      options.signal?.addEventListener("abort", onAbort);
      const urgent = this.#waiting.filter((other) => other.options.first === true).length;
      this.#waiting.splice(options.first === true ? urgent : this.#waiting.length, 0, job);
      this.#dispatch();
    });
  }

  /** Gives waiting jobs to free threads, the oldest first. */
  #dispatch(): void {
    const busyMaximum = this.#options.busyMaximum ?? this.#options.threads;
    for (let i = 0; i < this.#waiting.length && this.#busy < busyMaximum; ) {
      const job = this.#waiting[i] as Job;
      const seat = this.#seatFor(job);
      if (seat === undefined) {
        i += 1;
      } else {
        this.#waiting.splice(i, 1);
        this.#start(seat, job);
      }
    }
  }

  #seatFor(job: Job): Seat | undefined {
    if (job.lane !== undefined) {
      return job.lane.seat.job === undefined ? job.lane.seat : undefined;
    }
    let free: Seat | undefined;
    for (const seat of this.#seats) {
      // Threads without lanes first: a lane's jobs can go nowhere else.
      if (seat.job !== undefined || seat.number === job.options.notOn) continue;
      if (free === undefined || seat.lanes.size < free.lanes.size) free = seat;
    }
    if (free !== undefined) return free;
    return this.#seats.size < this.#options.threads ? this.#newSeat() : undefined;
  }

  #seatForLane(): Seat {
    let best: Seat | undefined;
    for (const seat of this.#seats) {
      if (best === undefined || seat.lanes.size < best.lanes.size) best = seat;
    }
    const roomLeft = this.#seats.size < this.#options.threads;
    return best === undefined || (best.lanes.size > 0 && roomLeft) ? this.#newSeat() : best;
  }

  #newSeat(): Seat {
    const { module, name, heapMib, setup } = this.#options;
    const number = this.#nextThread++;
    const thread = startThread(
      { module, name: `${name} ${number}`, heapMib },
      {
        message: (message) => this.#answer(seat, message as FromThread),
        died: (fault) => this.#replace(seat, fault),
      },
    );
    const seat: Seat = {
      thread,
      number,
      lanes: new Set(),
      job: undefined,
      jobId: 0,
      timer: undefined,
    };
    this.#seats.add(seat);
    if (setup !== undefined) thread.post({ setup }, []);
    return seat;
  }

  #start(seat: Seat, job: Job): void {
    const id = this.#nextJob++;
    try {
      seat.thread.post({ id, job: job.name, payload: job.payload }, job.options.transfer ?? []);
    } catch (error) {
      // The payload cannot be cloned: the caller's fault, the thread is untouched.
      job.reject(PithError.from(error, "AssertionFailure", { job: job.name }));
      return;
    }
    const timeoutMs = job.options.timeoutMs ?? this.#options.timeoutMs;
    seat.job = job;
    seat.jobId = id;
    seat.timer = setTimeout(() => {
      this.#replace(seat, new PithError("Timeout", { job: job.name, timeoutMs }));
    }, timeoutMs);
    seat.thread.hold(true);
    this.#busy += 1;
  }

  #answer(seat: Seat, message: FromThread): void {
    const { job } = seat;
    if (job === undefined || message.id !== seat.jobId || !this.#seats.has(seat)) return;
    if ("trap" in message) {
      this.#replace(seat, new PithError("WorkerDied", { job: job.name, trap: message.trap }));
      return;
    }
    this.#release(seat);
    if ("fault" in message) job.reject(PithError.fromPlain(message.fault));
    else job.resolve({ value: message.value, thread: seat.number });
    this.#dispatch();
  }

  /** A thread is gone or must go; a new one starts when a job needs it. */
  #replace(seat: Seat, fault: PithError): void {
    if (!this.#seats.has(seat)) return;
    this.#replaced += 1;
    this.#vacate(seat, fault);
    // Ending a thread cannot fail in a way that anyone could act upon: it is out of the pool.
    seat.thread.stop().catch(() => undefined);
    this.#dispatch();
  }

  /** Takes the seat out of the pool and tells everyone who depended on it. */
  #vacate(seat: Seat, fault: PithError): void {
    this.#seats.delete(seat);
    const { job } = seat;
    if (job !== undefined) {
      this.#release(seat);
      job.reject(fault);
    }
    const lost = this.#waiting.filter((waiting) => waiting.lane?.seat === seat);
    this.#waiting = this.#waiting.filter((waiting) => waiting.lane?.seat !== seat);
    // Its own fault goes to the job that caused it; the others only lost their thread.
    const lostFault = this.#closed ? fault : lostThreadFault(fault);
    for (const lane of seat.lanes) {
      lane.lost = lostFault;
      lane.onLost(lostFault);
    }
    for (const waiting of lost) waiting.reject(lostFault);
  }

  #release(seat: Seat): void {
    clearTimeout(seat.timer);
    seat.job = undefined;
    seat.thread.hold(false);
    this.#busy -= 1;
    this.#done += 1;
  }
}

function closedFault(): PithError {
  return new PithError("Aborted", { why: "the pool was closed" });
}

function lostThreadFault(fault: PithError): PithError {
  return new PithError("WorkerDied", { why: "the lane's thread is gone", because: fault.code });
}

function abortedFault(job: string): PithError {
  return new PithError("Aborted", { job });
}
