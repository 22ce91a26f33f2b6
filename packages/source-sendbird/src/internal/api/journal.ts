// What has been asked for, on disk before anything else happens with it: no window is asked for twice.
import { Journal, ExportJobs } from "@chatferry/connector"
import { Sha256, SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Parameters, Window } from "./request.ts"

/** One export: the window, or a part of it after exports of the whole failed. */
const Piece = Schema.Struct({
  start: Schema.Int,
  end: Schema.Int,
  /** `asking`: whether Sendbird has got the request is not known yet. */
  state: Schema.Literals(["new", "asking", "asked", "no data", "too old", "ready"]),
  requestId: Schema.NullOr(Schema.String),
  /** Exports of exactly this piece that failed. */
  failures: Schema.Int,
  /** Exports of it that are gone or of no use. */
  discarded: Schema.Array(Schema.String),
  /** Tells a file that was begun from another one. */
  etag: Schema.NullOr(Schema.String),
  /** Size of the file when it is ready. */
  bytes: Schema.Int
})
export type Piece = typeof Piece.Type

export interface OpenJournal extends Journal.Journal<Piece, SourceError.ReadFailed> {
  readonly split: (
    index: number,
    halves: ReadonlyArray<Pick<Piece, "start" | "end">>
  ) => Effect.Effect<void, SourceError.ReadFailed>
  readonly fileOf: (piece: Piece) => string
}

/** Ending of a journal's name. */
export const JOURNAL = ".export.json"

/** What the same window would be exported with, in few letters. */
export const digestOf = (applicationId: string, parameters: Parameters): string =>
  Sha256.hex([
    JSON.stringify([applicationId, Object.entries(parameters).toSorted(([a], [b]) => (a < b ? -1 : 1))])
  ]).slice(0, 12)

export const open = Effect.fnUntraced(function* (
  directory: string,
  window: Window,
  digest: string
): Effect.fn.Return<
  OpenJournal,
  SourceError.ReadFailed | SourceError.CorruptInput,
  FileSystem.FileSystem | Path.Path | Scope.Scope
> {
  const path = yield* Path.Path
  const { dataType } = window
  const baseOf = ({ end, start }: Pick<Window, "start" | "end">) =>
    path.join(directory, `${dataType}-${compact(start)}-${compact(end)}-${digest}`)
  const file = baseOf(window) + JOURNAL
  const journal = yield* Journal.open({
    file,
    head: { format: "chatferry-sendbird-export/1", dataType },
    member: "pieces",
    entry: Piece,
    first: () => [fresh(window)],
    failed: (cause) => new SourceError.ReadFailed({ path: file, cause }),
    notOurs: () =>
      new SourceError.CorruptInput({
        place: file,
        problem: "it is no record of an export",
        hint: "Put it back as it was, or remove it: its window is then exported again."
      })
  })
  return {
    ...journal,
    split: (index, halves) => journal.replace(index, halves.map(fresh)),
    fileOf: (piece) => `${baseOf(piece)}.zip`
  }
})

/** Exports of a window whose files are there. */
export const exportsOnDisk = (
  directory: string,
  window: Window,
  digest: string
): Effect.Effect<
  ReadonlyArray<{ readonly id: string; readonly file: string }>,
  SourceError.ReadFailed | SourceError.CorruptInput,
  FileSystem.FileSystem | Path.Path
> => ExportJobs.onDisk(open(directory, window, digest), ({ requestId }) => requestId)

// internal

const fresh = ({ end, start }: Pick<Window, "start" | "end">): Piece => ({
  start,
  end,
  state: "new",
  requestId: null,
  failures: 0,
  discarded: [],
  etag: null,
  bytes: 0
})

const compact = (millis: number) => new Date(millis).toISOString().replace(/[-:.]/gu, "")
