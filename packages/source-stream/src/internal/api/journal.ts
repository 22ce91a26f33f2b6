// What has been asked for, on disk before anything else happens with it: no batch is asked for twice.
import { Journal, ExportJobs } from "@chatferry/connector"
import { Sha256, SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { type Batch, body, type ChannelOptions } from "./batch.ts"

/** One export: the batch, or a part of it after exports of the whole failed. */
const Piece = Schema.Struct({
  /** Places among the items of the batch, the second one not included. */
  from: Schema.Int,
  to: Schema.Int,
  /** `asking`: whether Stream has got the request is not known. `missing`, `over limit`: of a single item. */
  state: Schema.Literals(["new", "asking", "asked", "missing", "over limit", "ready"]),
  taskId: Schema.NullOr(Schema.String),
  /** Requests whose answers were lost, after which it was asked for again. */
  lost: Schema.Int,
  /** Exports of exactly this piece that failed. */
  failures: Schema.Int,
  /** Tasks that are gone or of no use. */
  discarded: Schema.Array(Schema.String),
  /** Tells a file that was begun from another one. */
  etag: Schema.NullOr(Schema.String),
  /** Size of the file when it is ready. */
  bytes: Schema.Int
})
export type Piece = typeof Piece.Type

export interface OpenJournal extends Journal.Journal<Piece, SourceError.ReadFailed> {
  /** Puts two halves in the place of a piece. */
  readonly halve: (index: number) => Effect.Effect<void, SourceError.ReadFailed>
  readonly fileOf: (piece: Piece) => string
}

/** Below the folder of the exports, where readers of exports do not look. */
export const FOLDER = ".chatferry"

/** What the same batch would be exported with, in few letters. */
export const digestOf = (apiKey: string, batch: Batch, options: ChannelOptions): string =>
  Sha256.hex([JSON.stringify([apiKey, batch.kind, body(batch.kind, batch.items, options)])]).slice(0, 12)

export const open = Effect.fnUntraced(function* (
  directory: string,
  batch: Batch,
  digest: string,
  ending: string
): Effect.fn.Return<
  OpenJournal,
  SourceError.ReadFailed | SourceError.CorruptInput,
  FileSystem.FileSystem | Path.Path | Scope.Scope
> {
  const path = yield* Path.Path
  const base = `${batch.kind}-${padded(batch.first)}-${padded(batch.last)}-${digest}`
  const file = path.join(directory, FOLDER, `${base}.json`)
  const journal = yield* Journal.open({
    file,
    head: { format: "chatferry-stream-export/1" },
    member: "pieces",
    entry: Piece,
    first: () => [fresh(0, batch.items.length)],
    isOurs: (pieces) => covers(pieces, batch.items.length),
    failed: (cause) => new SourceError.ReadFailed({ path: file, cause }),
    notOurs: () =>
      new SourceError.CorruptInput({
        place: file,
        problem: "it is no record of an export",
        hint: "Put it back as it was, or remove it: its batch is then exported again."
      })
  })
  return {
    ...journal,
    halve: (index) => {
      const { from, to } = journal.get(index)
      const middle = Math.ceil((from + to) / 2)
      return journal.replace(index, [fresh(from, middle), fresh(middle, to)])
    },
    fileOf: ({ from, to }) => {
      const isWhole = from === 0 && to === batch.items.length
      const part = isWhole ? "" : `-${padded(from + 1)}-${padded(to)}`
      return path.join(directory, `${base}${part}${ending}`)
    }
  }
})

/** Exports of a batch whose files are there. */
export const exportsOnDisk = (
  directory: string,
  batch: Batch,
  apiKey: string,
  options: ChannelOptions
): Effect.Effect<
  ReadonlyArray<{ readonly id: string; readonly file: string }>,
  SourceError.ReadFailed | SourceError.CorruptInput,
  FileSystem.FileSystem | Path.Path
> =>
  ExportJobs.onDisk(
    open(directory, batch, digestOf(apiKey, batch, options), endingOf(batch, options)),
    ({ taskId }) => taskId
  )

/** Tells exports with a record on each line. */
export const isLines = (batch: Batch, options: ChannelOptions): boolean =>
  batch.kind === "users" || options.version === "v2"

export const endingOf = (batch: Batch, options: ChannelOptions): string =>
  isLines(batch, options) ? ".jsonl" : ".json"

// internal

const covers = (pieces: ReadonlyArray<Piece>, length: number): boolean => {
  let end = 0
  for (const { from, to } of pieces) {
    if (from !== end || to <= from) return false
    end = to
  }
  return end === length
}

const fresh = (from: number, to: number): Piece => ({
  from,
  to,
  state: "new",
  taskId: null,
  lost: 0,
  failures: 0,
  discarded: [],
  etag: null,
  bytes: 0
})

const padded = (place: number) => String(place).padStart(7, "0")
