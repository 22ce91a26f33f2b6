// Worker threads of Node, for which Effect has no service without a platform.
import process from "node:process"
import { parentPort, Worker, workerData } from "node:worker_threads"

/** Typed messages from and to the other side. */
export interface Port<in Out, In> {
  readonly post: (message: Out) => void
  readonly listen: (hear: (message: In) => void) => void
  /** Lets this thread end when it has nothing else to do. */
  readonly close: () => void
}

/** A thread that this one has started. */
export interface Thread<in Out> {
  readonly post: (message: Out) => void
  /** Waits a moment until it ends by itself, and terminates it otherwise. */
  readonly end: () => Promise<unknown>
}

export interface Handlers<in In> {
  readonly hear: (message: In) => void
  /** The thread has ended, also by itself: with an exit code, or an error. */
  readonly ended: (cause: unknown) => void
}

/**
 * Starts a thread with a module of this folder, with the arguments and the environment of the process. It has no limits of
 * its own, because with them V8 does not apply the limit of the process's heap.
 */
export const start = <Out, In>(module: string, data: unknown, { ended, hear }: Handlers<In>): Thread<Out> => {
  // The package runs from its sources and compiled.
  const name = import.meta.url.endsWith(".ts") ? `${module}.ts` : `${module}.js`
  const worker = new Worker(new URL(name, import.meta.url), {
    workerData: data,
    argv: process.argv.slice(2)
  })
  let failure: unknown
  worker.on("message", hear)
  worker.on("error", (error) => {
    failure = error
  })
  worker.on("exit", (code) => ended(failure ?? `exit code ${code}`))
  const hasExited = new Promise<void>((resolve) => {
    worker.on("exit", () => resolve())
  })
  return {
    post: (message) => worker.postMessage(message),
    // A thread that neither ends by itself nor can be terminated must not keep the process from ending.
    end: async () => {
      await Promise.race([hasExited, wait(CLOSING)])
      await Promise.race([worker.terminate(), wait(CLOSING)])
    }
  }
}

/** What this thread was started with, and the thread that started it. */
export const parent = <Out, In>(): { readonly data: unknown; readonly port: Port<Out, In> } => {
  if (parentPort === null) throw new Error("this module is the entry of a worker thread")
  const port = parentPort
  return {
    data: workerData,
    port: {
      post: (message) => port.postMessage(message),
      listen: (hear) => void port.on("message", hear),
      close: () => port.close()
    }
  }
}

// internal

/** Milliseconds. */
const CLOSING = 2000

const wait = (millis: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, millis).unref()
  })
