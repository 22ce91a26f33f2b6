import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Scope from "effect/Scope"
import { causeOf } from "../threads/failed.ts"
import { HelperThread, type ThreadEnded } from "../threads/helperThread.ts"
import type { FromCheck, Start, ToCheck } from "./checkProtocol.ts"
import { failure, StageFailed, type ValidatorError } from "./failures.ts"
import * as Inspect from "./inspect.ts"
import type { Result } from "./report.ts"

/** A check of files on a thread of its own, while they are written. */
export interface ThreadCheck {
  /** Starts a file. */
  readonly begin: (path: string) => void
  /** Adds text or bytes to the file. Returns them as bytes, which are valid until `sent`. */
  readonly add: (content: string | Uint8Array) => ReadonlyArray<Uint8Array>
  /** Sends what was added, and waits while too much has not been checked yet. */
  readonly sent: Effect.Effect<void, CheckError>
  /** Forgets all files, because others will take their place. */
  readonly forget: () => void
  /** Ends the last file. */
  readonly result: Effect.Effect<Result, CheckError>
}

type CheckError = ValidatorError | ThreadEnded

/** Starts the thread, which ends with the scope. `parent` is where it keeps what does not fit into memory. */
export const start = Effect.fnUntraced(function* (
  given: Omit<Start, "directory">,
  parent: string
): Effect.fn.Return<ThreadCheck, ValidatorError, FileSystem.FileSystem | Scope.Scope> {
  const directory = yield* Inspect.makeDirectory(parent)
  const check = yield* Effect.acquireRelease(
    Effect.sync(() => new Check({ ...given, directory })),
    (check) => Effect.promise(() => check.end())
  )
  return {
    begin: (path) => check.begin(path),
    add: (content) => check.add(content),
    sent: Effect.suspend(() => check.sent()),
    forget: () => check.forget(),
    result: Effect.suspend(() => check.result())
  }
})

// internal

/** Bytes that may wait for the check. */
const MOST_UNCHECKED = 2 << 20

/** The items of a block are in memory at the same time, and must fit into the small new space of a thread. */
const BLOCK_BYTES = 1 << 16

class Check {
  readonly #thread: HelperThread<ToCheck, FromCheck, ValidatorError>
  readonly #directory: string
  readonly #encoder = new TextEncoder()
  #block = new Uint8Array(0)
  #used = 0
  /** Full blocks. They are sent later, because sending takes their memory from this thread. */
  #full: Array<Uint8Array> = []
  #unchecked = 0
  #result: Result | undefined

  constructor(given: Start) {
    this.#directory = given.directory
    this.#thread = new HelperThread<ToCheck, FromCheck, ValidatorError>({
      module: "check.worker",
      task: "checks the import files",
      workerData: given,
      hear: (message) => this.#hear(message)
    })
  }

  begin(path: string): void {
    this.#close()
    this.#send()
    this.#thread.post({ _tag: "begin", path })
  }

  add(content: string | Uint8Array): ReadonlyArray<Uint8Array> {
    const parts: Array<Uint8Array> = []
    let from = 0
    while (from < content.length) {
      const block = this.#space()
      const { read, written } =
        typeof content === "string"
          ? this.#encoder.encodeInto(from === 0 ? content : content.slice(from), block)
          : copyInto(content.subarray(from), block)
      from += read
      this.#used += written
      if (written > 0) parts.push(block.subarray(0, written))
      // A character may not fit into what is left.
      if (from < content.length) this.#close()
    }
    return parts
  }

  sent(): Effect.Effect<void, CheckError> {
    this.#send()
    return this.#thread.await(() => this.#unchecked <= MOST_UNCHECKED)
  }

  forget(): void {
    this.#full = []
    this.#used = 0
    this.#thread.post({ _tag: "forget" })
  }

  result(): Effect.Effect<Result, CheckError> {
    this.#close()
    this.#send()
    this.#thread.post({ _tag: "end" })
    return Effect.map(
      this.#thread.await(() => this.#result !== undefined),
      () => this.#result as Result
    )
  }

  end(): Promise<unknown> {
    return this.#thread.end()
  }

  #space(): Uint8Array {
    if (this.#used === this.#block.length) this.#close()
    if (this.#used === 0) this.#block = new Uint8Array(BLOCK_BYTES)
    return this.#block.subarray(this.#used)
  }

  #close(): void {
    if (this.#used > 0) this.#full.push(this.#block.subarray(0, this.#used))
    this.#used = 0
  }

  #send(): void {
    for (const bytes of this.#full) {
      this.#unchecked += bytes.length
      this.#thread.post({ _tag: "bytes", bytes }, [bytes.buffer as ArrayBuffer])
    }
    this.#full = []
  }

  #hear(message: FromCheck): ValidatorError | undefined {
    switch (message._tag) {
      case "checked":
        this.#unchecked -= message.bytes
        return undefined
      case "result":
        this.#result = message.result
        return undefined
      case "failed":
        return failure(new StageFailed({ directory: this.#directory, cause: causeOf(message) }))
    }
  }
}

const copyInto = (bytes: Uint8Array, block: Uint8Array) => {
  const read = Math.min(bytes.length, block.length)
  block.set(bytes.subarray(0, read))
  return { read, written: read }
}
