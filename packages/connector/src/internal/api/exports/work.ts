// One export in progress and its state.
import type { SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Semaphore from "effect/Semaphore"
import * as Download from "../../../api/Download.ts"
import type { Job, Piece } from "../../../api/ExportJob.ts"
import type { OpenJournal } from "./journal.ts"
import type { Service } from "./model.ts"

export interface Work<Order, Part, End extends string> {
  readonly service: Service<Order, Part, End>
  /** Held while an export is requested. */
  readonly asking: Semaphore.Semaphore
  readonly order: Order
  readonly journal: OpenJournal<Part, End>
  readonly index: number
  readonly step: (location: string) => Effect.Effect<void>
}

/** Returns the job in its current state. */
export const jobOf = <Order, Part, End extends string>({
  index,
  journal,
  order,
  service
}: Pick<Work<Order, Part, End>, "index" | "journal" | "order" | "service">): Job<Order, Part, End> => {
  const piece = journal.get(index)
  return { ...piece, order, location: service.locationOf(order, piece.part) }
}

export const set = <Order, Part, End extends string>(
  { index, journal }: Work<Order, Part, End>,
  change: Partial<Piece<Part, End>>
): Effect.Effect<void, SourceError.ReadFailed> => journal.set(index, change)

/** The id of the export that settings name. */
export const namedFor = <Order, Part, End extends string>(
  { service }: Pick<Work<Order, Part, End>, "service">,
  job: Job<Order, Part, End>
): Effect.Effect<string | undefined, SourceError.SourceErrorReason> =>
  service.named?.(job) ?? Effect.succeed(undefined)

/** The name of the export in errors. */
export const nameOf = <Order, Part, End extends string>(
  { service }: Work<Order, Part, End>,
  job: Job<Order, Part, End>
): string => service.nameOf?.(job) ?? job.location

/** Forgets an export and removes its downloaded files. */
export const forget = <Order, Part, End extends string>(
  work: Pick<Work<Order, Part, End>, "index" | "journal" | "order" | "service">,
  change: Partial<Piece<Part, End>>
): Effect.Effect<void, SourceError.ReadFailed, FileSystem.FileSystem> => {
  const { index, journal, order, service } = work
  return Effect.andThen(
    Download.forget(service.fileOf(order, journal.get(index).part)),
    journal.set(index, { id: null, etag: null, bytes: 0, ...change })
  )
}

/** Forgets an export that settings name. The state of an earlier request remains unknown. */
export const disown = <Order, Part, End extends string>(
  work: Pick<Work<Order, Part, End>, "index" | "journal" | "order" | "service">
): Effect.Effect<void, SourceError.ReadFailed, FileSystem.FileSystem> => forget(work, { state: "asking" })
