// Threads that work for the one that writes, besides those that read.
import { existsSync } from "node:fs"
import { availableParallelism } from "node:os"
import { Worker } from "node:worker_threads"
import { SystemProblem } from "@chatferry/core/errors"
import * as Effect from "effect/Effect"

/** A module of this folder, without its extension. */
type Module = "check.worker" | "stage.worker"

/** The thread has ended by itself. */
export class ThreadEnded extends Error {
  readonly _tag = "ThreadEnded"
}

/**
 * Whether a thread would have a processor of its own, and its module is there: a
 * program that is bundled into one file may lack it.
 */
export const isOfUse = (module: Module): boolean => availableParallelism() > 1 && existsSync(urlOf(module))

export interface Options<From, E> {
  readonly module: Module
  /** What the thread does, as in "the thread that …". */
  readonly task: string
  readonly workerData: unknown
  /** Gets what the thread says, and returns the failure that it reports. */
  readonly hear: (message: From) => E | undefined
}

/** A thread with its failure, once it has one. */
export class HelperThread<To, From, E> {
  readonly #worker: Worker
  #failure: E | ThreadEnded | undefined
  #resume: (() => void) | undefined

  constructor({ hear, module, task, workerData }: Options<From, E>) {
    this.#worker = new Worker(urlOf(module), { workerData })
    let cause: unknown
    this.#worker.on("message", (message: From) => {
      this.#failure ??= hear(message)
      this.#resume?.()
    })
    this.#worker.on("error", (error) => {
      cause = error
    })
    this.#worker.on("exit", (code) => {
      this.#failure ??= ended(task, cause ?? `exit code ${code}`)
      this.#resume?.()
    })
  }

  post(message: To, transfer: ReadonlyArray<ArrayBuffer> = []): void {
    this.#worker.postMessage(message, transfer)
  }

  /** Waits until something has been heard, or the thread has failed. */
  await(isReady: () => boolean): Effect.Effect<void, E | ThreadEnded> {
    if (this.#failure !== undefined) return Effect.fail(this.#failure)
    if (isReady()) return Effect.void
    return Effect.callback((resume) => {
      this.#resume = () => {
        if (this.#failure === undefined && !isReady()) return
        this.#resume = undefined
        resume(this.#failure === undefined ? Effect.void : Effect.fail(this.#failure))
      }
      return Effect.sync(() => {
        this.#resume = undefined
      })
    })
  }

  end(): Promise<unknown> {
    return this.#worker.terminate()
  }
}

// internal

const urlOf = (module: Module) =>
  new URL(`./${module}${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url)

const ended = (task: string, cause: unknown) =>
  new ThreadEnded(
    `the thread that ${task} has ended: ${SystemProblem.wordsOf(cause)}. Run again to resume; if it ends again, run without threads, or give the process more memory`
  )
