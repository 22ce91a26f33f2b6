// A thread that reads: it opens the migration of a module, and reads segments on request.
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FileSystem from "effect/FileSystem"
import * as Formatter from "effect/Formatter"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Queue from "effect/Queue"
import * as References from "effect/References"
import * as Stream from "effect/Stream"
import type { Entity } from "../../Entity.ts"
import { wordsOf } from "../../errors/SystemProblem.ts"
import type { Exclusion } from "../../Exclusion.ts"
import type { Rejected } from "../../Rejected.ts"
import type { Batch, Position, Segment } from "../../Source.ts"
import * as Transform from "../../Transform.ts"
import { forSource, NONE } from "../corrections/ofRun.ts"
import type { Stage } from "../rejects/rejectsFile.ts"
import { deliver } from "../run/deliver.ts"
import type { Options } from "../run/model.ts"
import * as Opened from "../run/opened.ts"
import * as RunOptions from "../run/options.ts"
import { locationOf, passedOf } from "../run/readTask.ts"
import * as RunSettings from "../run/settings.ts"
import { directoryOf } from "../run/state.ts"
import { takingBook } from "../run/takingBook.ts"
import { membersOf } from "../sinks/divided.ts"
import * as Intake from "../sinks/intake.ts"
import type { Taken } from "../sinks/taken.ts"
import { isReported } from "./isWorker.ts"
import type { Port } from "./nodeThreads.ts"
import type { FromWorker, Handed, Sent, Start, ToWorker } from "./protocol.ts"
import { Ring } from "./ring.ts"
import * as RunTask from "./runTask.ts"

/** Serves requests until the thread is closed, and releases the services. */
export const work = (port: Port<FromWorker, ToWorker>, start: Start): Effect.Effect<void, unknown> =>
  Effect.gen(function* () {
    const exported = yield* Effect.tryPromise({
      try: () => import(start.module) as Promise<Readonly<Record<string, unknown>>>,
      catch: (cause) => `it cannot be imported: ${wordsOf(cause)}`
    })
    // What the module has started would run now, and is reported.
    yield* Effect.yieldNow
    if (isReported()) return yield* Effect.never
    const options = exported[start.migration]
    if (typeof options !== "object" || options === null || !("source" in options && "sink" in options))
      return yield* Effect.fail(`it has no export ${start.migration} that is a migration`)
    const services = exported[start.services]
    if (services !== undefined && !Layer.isLayer(services))
      return yield* Effect.fail(`its export ${start.services} is not a layer`)
    const all = (services ?? Layer.empty) as Layer.Layer<any>
    return yield* Effect.provide(serve(port, start, options as AnyOptions), all)
  }).pipe(
    Effect.scoped,
    Effect.provide(Logger.layer([forwarding(port)])),
    Effect.provideService(References.MinimumLogLevel, start.logLevel)
  )

// internal

type AnyOptions = Options<never, unknown, never, never, never>

/** Batches of more bytes than this wait in memory until they have been written. */
const MOST_WAITING = 16 << 20
/** Bytes of pieces on their way; more are copied. */
const RING_BYTES = 16 << 20

const serve = Effect.fnUntraced(function* (
  port: Port<FromWorker, ToWorker>,
  start: Start,
  given: AnyOptions
) {
  const platform = yield* Effect.all([
    Effect.serviceOption(FileSystem.FileSystem),
    Effect.serviceOption(Path.Path)
  ])
  if (platform.some(({ _tag }) => _tag === "None"))
    return yield* Effect.fail(
      `it needs the services of the migration as its export ${start.services}: a layer such as NodeServices.layer`
    )
  const path = yield* Path.Path
  const options = { ...given, ...(yield* RunOptions.check(given)), buckets: start.buckets }
  const { sink } = options
  const source = forSource(yield* Opened.open(options.source), NONE)
  if (options.id !== start.id || RunSettings.digest(RunSettings.of(options, source)) !== start.settings)
    return yield* Effect.fail(
      "its migration has other settings in a worker thread: they must not depend on the time, random numbers, or what the program does"
    )
  const transform = Transform.compose("transforms", options.transforms ?? [])
  const { book, take } = takingBook()
  let rejected: Array<Handed["rejected"][number]> = []
  let excluded: ReadonlyArray<Exclusion> = []
  const { buckets, id: migrationId } = options
  const stateDirectory = path.join(directoryOf(path, options), "sink")
  const runTask = RunTask.make({ sink, migrationId, buckets, stateDirectory, post: port.post })
  const intakes = yield* Effect.forEach(membersOf(sink, buckets), (member) =>
    Intake.open(member, {
      migrationId,
      runId: "",
      receipt: Option.none(),
      stateDirectory,
      buckets,
      reject: () => Effect.void,
      progress: () => Effect.void
    })
  )
  const ring = new Ring(RING_BYTES)
  const hasSpace = Latch.makeUnsafe(true)
  const isClosed = Latch.makeUnsafe(false)
  let waiting = 0
  const requests = yield* Queue.unbounded<Extract<ToWorker, { readonly _tag: "read" | "task" }>>()
  port.listen((message) => {
    if (message._tag === "read" || message._tag === "task") {
      Queue.offerUnsafe(requests, message)
      return
    }
    if (message._tag === "close") {
      Latch.openUnsafe(isClosed)
      return
    }
    waiting -= message.weight
    ring.free(message.end)
    if (waiting <= MOST_WAITING) Latch.openUnsafe(hasSpace)
  })
  const { post } = port

  const delivery = {
    book,
    write: (records: ReadonlyArray<Entity>) =>
      Effect.forEach(intakes, ({ write }) => write(records), { discard: true }),
    exclude: (all: ReadonlyArray<Exclusion>) => Effect.sync(() => void (excluded = all)),
    reject: (stage: Stage, some: ReadonlyArray<Rejected>) =>
      Effect.sync(() => {
        if (some.length > 0) rejected.push({ stage, rejected: some })
      })
  }
  const send = (index: number, batch: Batch, location: string, renamed: Handed["renamed"]) => {
    const taken = intakes.map((intake) => intake.take())
    const packed = taken.map((one) => ring.pack(one))
    for (const [i, intake] of intakes.entries()) intake.reuse(taken[i] as Taken)
    const weight = batch.recordBytes ?? batch.bytes
    const sent: Sent = {
      passed: passedOf(batch),
      weight,
      location,
      ledger: take(),
      rejected,
      excluded,
      renamed,
      taken: packed,
      end: ring.end
    }
    rejected = []
    excluded = []
    waiting += weight
    if (waiting > MOST_WAITING) Latch.closeUnsafe(hasSpace)
    post({ _tag: "batch", index, sent })
  }
  // One function for all batches: V8 keeps the context of each generator function that has run, and with it the batch,
  // until the next full garbage collection.
  const step = Effect.fnUntraced(function* (batch: Batch, index: number, segment: Segment) {
    const transformed = yield* transform.apply(batch.records)
    const location = locationOf(batch, segment)
    yield* deliver({ ...delivery, batch, location, transformed })
    send(index, batch, location, transformed.renamed ?? [])
    yield* hasSpace.await
  })
  const read = (index: number, segment: Segment, position: Position | null) =>
    Stream.runForEach(source.read(segment, Option.fromNullOr(position)), (batch) =>
      step(batch, index, segment)
    )
  post({ _tag: "ready", ring: ring.shared })
  const requested = Effect.forever(
    Effect.flatMap(Queue.take(requests), (request) => {
      if (request._tag === "task") return runTask(request)
      const { index, position, segment } = request
      return Effect.map(Effect.exit(read(index, segment, position)), (exit) => {
        if (Exit.isSuccess(exit)) return post({ _tag: "end", index })
        // What was made of the batch that failed must not become a part of the next one.
        take()
        for (const intake of intakes) intake.take()
        rejected = []
        excluded = []
        return post({ _tag: "failed", index })
      })
    })
  )
  yield* Effect.raceFirst(requested, isClosed.await)
})

/** Logs appear where the run logs. */
const forwarding = (port: Port<FromWorker, ToWorker>) =>
  Logger.make(({ fiber, logLevel, message }) => {
    if (logLevel === "All" || logLevel === "None") return
    const parts = Array.isArray(message) ? message : [message]
    port.post({
      _tag: "log",
      level: logLevel,
      text: parts.map(shown).join(" "),
      annotations: Object.fromEntries(
        Object.entries(fiber.getRef(References.CurrentLogAnnotations)).map(([name, value]) => [
          name,
          shown(value)
        ])
      )
    })
  })

const shown = (part: unknown): string =>
  typeof part === "string"
    ? part
    : part instanceof Error
      ? (part.stack ?? String(part))
      : Formatter.format(part)
