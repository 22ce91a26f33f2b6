// One piece of a batch on its way, and how people call it.
import type { ApiClient } from "@chatferry/connector"
import { Printable, type SourceError } from "@chatferry/core"
import type * as Effect from "effect/Effect"
import type * as Semaphore from "effect/Semaphore"
import type { Limits } from "../limits.ts"
import { type Batch, placeOf } from "./batch.ts"
import type * as Journal from "./journal.ts"
import type { ApiSettings } from "./settings.ts"

export interface Exporter {
  readonly client: ApiClient.Client
  readonly settings: ApiSettings
  /** Held while an export is asked for. */
  readonly asking: Semaphore.Semaphore
  readonly directory: string
  readonly limits: Limits
}

export interface Work extends Exporter {
  readonly batch: Batch
  readonly isLines: boolean
  /** Whether the caller named what is exported, as opposed to Stream. */
  readonly isNamed: boolean
  readonly journal: Journal.OpenJournal
  readonly index: number
  readonly step: (place: string) => Effect.Effect<void>
}

export const pieceOf = ({ index, journal }: Work) => journal.get(index)
export const set = (
  { index, journal }: Work,
  change: Partial<Journal.Piece>
): Effect.Effect<void, SourceError.ReadFailed | SourceError.CorruptInput> => journal.set(index, change)
export const isSingle = ({ from, to }: Journal.Piece) => to - from === 1

export const within = (batch: Batch, { from, to }: Journal.Piece): Pick<Batch, "first" | "kind" | "last"> =>
  from === 0 && to === batch.items.length
    ? batch
    : {
        kind: batch.kind,
        first: batch.items[from]?.place ?? batch.first,
        last: batch.items[to - 1]?.place ?? batch.last
      }

export const placeOfPiece = (work: Work) => placeOf(within(work.batch, pieceOf(work)))

/** The task that the settings name for it. */
export const givenFor = (work: Work): string | undefined => work.settings.taskIds.get(placeOfPiece(work))

const MOST_NAME = 200

/** How errors call it: what is exported alone is named, because somebody has to look at it. */
export const nameOf = (work: Work) => {
  const piece = pieceOf(work)
  return isSingle(piece)
    ? `${placeOfPiece(work)} (${Printable.line(work.batch.items[piece.from]?.name ?? "", MOST_NAME)})`
    : placeOfPiece(work)
}
