// Reads orders as partitions: each is exported as a whole or in parts, and read in order.
import { SourceError } from "@chatferry/core"
import { FolderLock } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import * as Path from "effect/Path"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import type { Ready } from "../../../api/ExportJob.ts"
import * as Spans from "../../../api/Spans.ts"
import { finish } from "./finish.ts"
import * as Journal from "./journal.ts"
import type { ExportJobs, Service } from "./model.ts"
import * as Reading from "./reading.ts"
import { disown, jobOf, namedFor } from "./work.ts"

type Reason = SourceError.SourceErrorReason
type Services = FileSystem.FileSystem | Path.Path | HttpClient.HttpClient

export const make = <Order, Part, End extends string>(
  service: Service<Order, Part, End>
): Effect.Effect<ExportJobs<Order>> =>
  Effect.map(Semaphore.make(1), (asking) => ({
    read: (orders, partition, position) =>
      Stream.unwrap(
        Effect.gen(function* () {
          const index = orders.findIndex((order) => service.locationOf(order) === partition)
          const current = orders[index]
          if (current === undefined) {
            const problem = "there is no such partition"
            return yield* new SourceError.InvalidPosition({ partition, problem })
          }
          yield* locked(service, current)
          return Reading.read<Made<Order, Part, End>, Services>({
            partition,
            position,
            ready: (step) => ready(service, asking, current, step),
            next: orders
              .slice(index + 1, index + service.exportsInFlight)
              .map((order) => ready(service, asking, order, () => Effect.void)),
            read: (one, file, from) => service.read({ ...one, file }, from),
            retrace: service.retrace
          })
        })
      ),
    retrace: (orders, partition, readDigest) =>
      Effect.gen(function* () {
        const order = orders.find((one) => service.locationOf(one) === partition)
        if (order === undefined) return
        const found = yield* Journal.onDisk(service, order)
        yield* Reading.retrace(partition, readDigest, found, service.retrace)
      })
  }))

// internal

/** An export of an order, or of a part of it, that is ready to read. */
interface Made<Order, Part, End extends string> extends Reading.Made, Omit<Ready<Order, Part, End>, "file"> {}

/** Finishes all exports of an order and returns them in order. `step` receives the progress. */
const ready = <Order, Part, End extends string>(
  service: Service<Order, Part, End>,
  asking: Semaphore.Semaphore,
  order: Order,
  step: (location: string) => Effect.Effect<void>
): Effect.Effect<ReadonlyArray<Made<Order, Part, End>>, Reason, Services> =>
  Effect.gen(function* () {
    const journal = yield* Journal.open(service, order)
    let done = 0
    while (done < journal.entries().length) {
      const isWhole = yield* finish({ service, asking, order, journal, index: done, step })
      if (isWhole) done++
    }
    return yield* Effect.forEach(journal.entries(), (piece, index) =>
      Effect.gen(function* () {
        const work = { service, order, journal, index }
        const job = jobOf(work)
        return {
          job,
          id: piece.id ?? "",
          file: piece.state === "ready" ? service.fileOf(order, piece.part) : undefined,
          location: job.location,
          notes: service.notesOf?.(job) ?? {},
          isNamed: piece.id !== null && (yield* namedFor(work, job)) === piece.id,
          disown: disown(work)
        }
      })
    )
  }).pipe(Effect.scoped, Spans.withSpan(`${service.name}.export`, { location: service.locationOf(order) }))

/** Locks the folder of journals while the scope is open. */
const locked = Effect.fnUntraced(function* <Order, Part, End extends string>(
  service: Service<Order, Part, End>,
  order: Order
) {
  const folder = (yield* Path.Path).dirname(service.journalOf(order).file)
  yield* Effect.mapError(
    FolderLock.share(folder),
    (cause) => new SourceError.ReadFailed({ path: folder, cause })
  )
})
