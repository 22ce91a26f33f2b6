// Threads that read segments side by side for the thread that writes, which takes the batches in the order of the plan.
import * as Effect from "effect/Effect"
import type { Severity } from "effect/LogLevel"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import { wordsOf } from "../../errors/SystemProblem.ts"
import type { Position, Segment } from "../../Source.ts"
import * as NodeThreads from "./nodeThreads.ts"
import type { FromWorker, Handed, Start, TaskOutcome, TaskRequest, ToWorker } from "./protocol.ts"
import { unpack } from "./ring.ts"

export interface Options {
  readonly threads: number
  readonly start: Start
  readonly segments: ReadonlyArray<Segment>
  /** Whether there will be tasks after reading. */
  readonly hasTasks: boolean
  /** The first segment to read, and the position in it; `null` for its start. */
  readonly from: number
  readonly position: Position | null
  readonly log: (level: Severity, text: string, annotations: Readonly<Record<string, string>>) => void
}

/** The next message about a segment. */
type News =
  | { readonly _tag: "batch"; readonly handed: Handed }
  | { readonly _tag: "end" }
  /** The rest must be read by the thread that writes, which then fails in the same way. */
  | { readonly _tag: "failed" }
  /** No thread can read it. */
  | { readonly _tag: "unusable"; readonly problem: string }

export interface Pool {
  readonly module: string
  /** The next news of a segment. */
  readonly next: (index: number) => Effect.Effect<News>
  /** A batch has been written, so its thread may read on. */
  readonly taken: (handed: Handed) => void
  readonly threads: number
  /** Runs a task after reading. `undefined`: it must be run by the thread that writes. Fails with the problem of the threads. */
  readonly run: (task: TaskRequest, progress: Progress) => Effect.Effect<TaskOutcome | undefined, string>
}

/** Called with the progress of a task. */
type Progress = (step: string, done: number, total: number) => void

export const open = (options: Options): Effect.Effect<Pool, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => new Threads(options)),
    (threads) => Effect.promise(() => threads.end())
  )

// internal

/** How often a thread may end by itself in one segment. */
const MOST_ENDS = 3

/** The weight of written batches that one message reports to their thread: a message for each one takes time. */
const LEAST_REPORTED = 2 << 20

const ENTRY = "./read.worker"

const NOT_READY = "before the module and its services were there"

interface Reader extends NodeThreads.Thread<ToWorker> {
  ring: Uint8Array
  /** Its module and services are there. */
  isReady: boolean
  /** The segment that it reads. */
  index: number | undefined
  job: Job | undefined
  /** Nothing is left for it to do. */
  isClosed: boolean
  /** The weight of its batches that have been written since the last message about them. */
  written: number
}

/** A task after reading that has not ended. */
interface Job {
  readonly task: TaskRequest
  readonly progress: Progress
  readonly resume: (outcome: Effect.Effect<TaskOutcome | undefined, string>) => void
  ends: number
}

interface Reading {
  readonly news: Queue.Queue<News>
  /** The position after the last batch. */
  position: Position | null
  ends: number
}

class Threads implements Pool {
  readonly module: string
  readonly threads: number
  readonly #options: Options
  /** Tasks for which no thread was free. */
  readonly #jobs: Array<Job> = []
  readonly #readings = new Map<number, Reading>()
  readonly #threads = new Set<Reader>()
  /** For each batch that has not been written, its thread and the end of its bytes in the ring. */
  readonly #senders = new WeakMap<Handed, { readonly thread: Reader; readonly end: number }>()
  #upcoming: number
  #unusable: Extract<News, { readonly _tag: "unusable" }> | undefined
  #hasEnded = false

  constructor(options: Options) {
    this.#options = options
    this.module = options.start.module
    this.threads = options.threads
    this.#upcoming = options.from
    const wanted = Math.min(options.threads, options.segments.length - options.from)
    for (let i = 0; i < wanted; i++) this.#assign(this.#make())
  }

  next(index: number): Effect.Effect<News> {
    if (this.#unusable !== undefined && !this.#readings.has(index)) return Effect.succeed(this.#unusable)
    return Effect.map(Queue.take(this.#readingOf(index).news), (news) => {
      if (news._tag !== "batch") this.#readings.delete(index)
      return news
    })
  }

  taken(handed: Handed): void {
    const sender = this.#senders.get(handed)
    if (sender === undefined) return
    const { end, thread } = sender
    thread.written += handed.weight
    if (thread.written < LEAST_REPORTED) return
    thread.post({ _tag: "taken", weight: thread.written, end })
    thread.written = 0
  }

  run(task: TaskRequest, progress: Progress): Effect.Effect<TaskOutcome | undefined, string> {
    return Effect.callback((resume) => {
      if (this.#unusable !== undefined) return resume(Effect.fail(this.#unusable.problem))
      this.#jobs.push({ task, progress, resume, ends: 0 })
      this.#employ()
    })
  }

  /** Gives tasks to threads that have nothing to do, and to new ones. */
  #employ(): void {
    while (this.#jobs.length > 0) {
      const idle = Array.from(this.#threads).find(
        ({ index, job }) => index === undefined && job === undefined
      )
      if (idle === undefined && this.#threads.size >= this.threads) return
      const thread = idle ?? this.#make()
      thread.job = this.#jobs.shift()
      if (thread.job !== undefined) thread.post(thread.job.task)
    }
  }

  async end(): Promise<void> {
    this.#hasEnded = true
    for (const thread of this.#threads) thread.post({ _tag: "close" })
    await Promise.all(Array.from(this.#threads, (thread) => thread.end()))
  }

  #make(): Reader {
    const thread: Reader = {
      ...NodeThreads.start<ToWorker, FromWorker>(ENTRY, this.#options.start, {
        hear: (message) => this.#hear(thread, message),
        ended: (cause) => this.#lose(thread, cause)
      }),
      ring: new Uint8Array(0),
      isReady: false,
      index: undefined,
      job: undefined,
      isClosed: false,
      written: 0
    }
    this.#threads.add(thread)
    return thread
  }

  #assign(thread: Reader): void {
    const index = this.#upcoming
    thread.index = undefined
    if (index < this.#options.segments.length) {
      this.#upcoming++
      this.#read(thread, index)
    } else if (!this.#options.hasTasks) {
      // Its memory is free for what follows.
      thread.isClosed = true
      thread.post({ _tag: "close" })
    }
  }

  #read(thread: Reader, index: number): void {
    thread.index = index
    const segment = this.#options.segments[index] as Segment
    thread.post({ _tag: "read", index, segment, position: this.#readingOf(index).position })
  }

  #hear(thread: Reader, message: FromWorker): void {
    switch (message._tag) {
      case "ready":
        thread.ring = new Uint8Array(message.ring)
        thread.isReady = true
        return
      case "log":
        return this.#options.log(message.level, message.text, message.annotations)
      case "unusable":
        return this.#giveUp(message.problem)
      case "progress":
        return thread.job?.progress(message.step, message.done, message.total)
      case "done":
        thread.job?.resume(Effect.succeed(message.outcome))
        thread.job = undefined
        return this.#employ()
      case "batch": {
        const { index, sent } = message
        const reading = this.#readingOf(index)
        const handed = {
          ...sent,
          taken: sent.taken.map((packed) => unpack(thread.ring, packed))
        }
        reading.position = sent.passed.position
        this.#senders.set(handed, { thread, end: sent.end })
        Queue.offerUnsafe(reading.news, { _tag: "batch", handed })
        return
      }
      case "end":
      case "failed":
        Queue.offerUnsafe(this.#readingOf(message.index).news, { _tag: message._tag })
        this.#assign(thread)
    }
  }

  /** A thread has ended by itself: another one reads the rest of its segment. */
  #lose(thread: Reader, cause: unknown): void {
    this.#threads.delete(thread)
    const { index, isClosed, job } = thread
    if (this.#hasEnded || isClosed) return
    const why = wordsOf(cause)
    this.#options.log("Warn", `a worker thread has ended: ${why}`, {})
    if (job !== undefined) return this.#repeat(job, thread, why)
    if (index === undefined) return
    const reading = this.#readingOf(index)
    if (++reading.ends < MOST_ENDS) return this.#read(this.#make(), index)
    if (!thread.isReady) return this.#giveUp(`it ended ${MOST_ENDS} times ${NOT_READY}: ${why}`)
    const segment = this.#options.segments[index] as Segment
    this.#giveUp(
      `it ended ${MOST_ENDS} times while it read ${segment.partition.id}, segment ${segment.no}: ${why}`
    )
  }

  #repeat(job: Job, { isReady }: Reader, why: string): void {
    this.#jobs.unshift(job)
    if (++job.ends < MOST_ENDS) return this.#employ()
    const during = isReady ? `while it worked on ${job.task.part}` : NOT_READY
    return this.#giveUp(`it ended ${MOST_ENDS} times ${during}: ${why}`)
  }

  #giveUp(problem: string): void {
    if (this.#hasEnded) return
    this.#unusable = { _tag: "unusable", problem }
    for (const { news } of this.#readings.values()) Queue.offerUnsafe(news, this.#unusable)
    for (const { resume } of this.#unfinished()) resume(Effect.fail(problem))
    void this.end()
  }

  #unfinished(): ReadonlyArray<Job> {
    return [...this.#jobs, ...Array.from(this.#threads, ({ job }) => job)].filter((job) => job !== undefined)
  }

  #readingOf(index: number): Reading {
    let reading = this.#readings.get(index)
    if (reading === undefined) {
      const position = index === this.#options.from ? this.#options.position : null
      reading = { news: Effect.runSync(Queue.unbounded<News>()), position, ends: 0 }
      this.#readings.set(index, reading)
    }
    return reading
  }
}
