/**
 * Pool: two workers that take jobs as they come free; answers are given in the order of the jobs.
 */
import { Worker } from "node:worker_threads";
import type { Answers, Job } from "./jobs.ts";

const WORKERS = 2;

export class Pool {
  readonly #workers = Array.from(
    { length: WORKERS },
    () => new Worker(new URL("./job-worker.ts", import.meta.url)),
  );

  /**
   * Does jobs of one kind.
   *
   * @param take - is given each answer, in the order of the jobs
   */
  async run<Kind extends Job["kind"]>(
    jobs: readonly Extract<Job, { kind: Kind }>[],
    take: (answer: Answers[Kind], index: number) => void,
  ): Promise<void> {
    const waiting = new Map<number, Answers[Kind]>();
    let next = 0;
    let taken = 0;
    const work = async (worker: Worker): Promise<void> => {
      while (next < jobs.length) {
        const id = next++;
        waiting.set(id, await this.#ask<Kind>(worker, id, jobs[id]!));
        for (; waiting.has(taken); taken++) {
          take(waiting.get(taken)!, taken);
          waiting.delete(taken);
        }
      }
    };
    await Promise.all(this.#workers.map(work));
  }

  #ask<Kind extends Job["kind"]>(worker: Worker, id: number, job: Job): Promise<Answers[Kind]> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        worker.off("message", hear);
        worker.off("error", fail);
      };
      const hear = ({ answer }: { answer: Answers[Kind] }): void => {
        settle();
        resolve(answer);
      };
      const fail = (error: Error): void => {
        settle();
        reject(error);
      };
      worker.on("message", hear);
      worker.on("error", fail);
      worker.postMessage({ id, job });
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
