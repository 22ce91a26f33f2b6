// The journal of requested exports: each request is on disk before it is made, so no export is requested twice.
import { SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Piece } from "../../../api/ExportJob.ts"
import * as Journal from "../../../api/Journal.ts"
import type { Service } from "./model.ts"

export interface OpenJournal<Part, End extends string> extends Journal.Journal<
  Piece<Part, End>,
  SourceError.ReadFailed
> {
  /** Replaces a piece with its parts. */
  readonly split: (index: number, parts: ReadonlyArray<Part>) => Effect.Effect<void, SourceError.ReadFailed>
}

type Failure = SourceError.ReadFailed | SourceError.CorruptInput
type Files = FileSystem.FileSystem | Path.Path

export const open = <Order, Part, End extends string>(
  service: Pick<Service<Order, Part, End>, "ends" | "journalOf" | "part">,
  order: Order
): Effect.Effect<OpenJournal<Part, End>, Failure, Files | Scope.Scope> => {
  const { file, head, isOurs = () => true, part } = service.journalOf(order)
  const journal = Journal.open({
    file,
    head,
    member: "pieces",
    entry: pieceOf(service),
    first: () => [fresh<Part, End>(part)],
    isOurs: (pieces) => isOurs(pieces.map((piece) => piece.part)),
    failed: (cause) => new SourceError.ReadFailed({ path: file, cause }),
    notOurs: () =>
      new SourceError.CorruptInput({
        location: file,
        problem: "it is not the journal of an export",
        hint: "Restore the file, or remove it: its records are then exported again."
      })
  })
  return Effect.map(journal, (opened) => ({
    ...opened,
    split: (index, parts) =>
      opened.replace(
        index,
        parts.map((one) => fresh<Part, End>(one))
      )
  }))
}

/** Returns the exports of an order whose files are on disk, with the service's ids. It closes the journal again. */
export const onDisk = Effect.fnUntraced(function* <Order, Part, End extends string>(
  service: Pick<Service<Order, Part, End>, "ends" | "fileOf" | "journalOf" | "part">,
  order: Order
): Effect.fn.Return<
  ReadonlyArray<{ readonly id: string; readonly file: string }>,
  Failure,
  Files | Scope.Scope
> {
  const fs = yield* FileSystem.FileSystem
  const { entries } = yield* open(service, order)
  const ready = entries().flatMap(({ id, part, state }) =>
    state === "ready" && id !== null ? [{ id, file: service.fileOf(order, part) }] : []
  )
  return yield* Effect.filter(ready, ({ file }) => Effect.orElseSucceed(fs.exists(file), () => false))
}, Effect.scoped)

// internal

const STATES = ["new", "asking", "asked", "ready"] as const

const pieceOf = <Order, Part, End extends string>({
  ends,
  part
}: Pick<Service<Order, Part, End>, "ends" | "part">): Schema.Codec<Piece<Part, End>> =>
  Schema.Struct({
    part,
    state: Schema.Literals([...STATES, ...ends]),
    id: Schema.NullOr(Schema.String),
    lost: Schema.Int,
    failures: Schema.Int,
    discarded: Schema.Array(Schema.String),
    etag: Schema.NullOr(Schema.String),
    bytes: Schema.Int
  })

const fresh = <Part, End extends string>(part: Part): Piece<Part, End> => ({
  part,
  state: "new",
  id: null,
  lost: 0,
  failures: 0,
  discarded: [],
  etag: null,
  bytes: 0
})
