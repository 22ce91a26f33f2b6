// One export on its way, and what is known of it.
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
  /** Held while an export is asked for. */
  readonly asking: Semaphore.Semaphore
  readonly order: Order
  readonly journal: OpenJournal<Part, End>
  readonly index: number
  readonly step: (location: string) => Effect.Effect<void>
}

/** As it is now. */
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

/** The id that settings give. */
export const namedFor = <Order, Part, End extends string>(
  { service }: Pick<Work<Order, Part, End>, "service">,
  job: Job<Order, Part, End>
): Effect.Effect<string | undefined, SourceError.SourceErrorReason> =>
  service.named?.(job) ?? Effect.succeed(undefined)

/** How errors call it. */
export const nameOf = <Order, Part, End extends string>(
  { service }: Work<Order, Part, End>,
  job: Job<Order, Part, End>
): string => service.nameOf?.(job) ?? job.location

/** Forgets an export, and what was downloaded of it. */
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

/** Forgets one that settings name: of the request that was made nobody knows any more than before. */
export const disown = <Order, Part, End extends string>(
  work: Pick<Work<Order, Part, End>, "index" | "journal" | "order" | "service">
): Effect.Effect<void, SourceError.ReadFailed, FileSystem.FileSystem> => forget(work, { state: "asking" })
