// What has been asked for, on disk before anything else happens with it: no window is asked for twice.
import { DurableFile, Sha256, SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import * as Schema from "effect/Schema"
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

const Journal = Schema.Struct({
  format: Schema.Literal("chatferry-sendbird-export/1"),
  dataType: Schema.String,
  pieces: Schema.Array(Piece)
})

export interface OpenJournal {
  readonly pieces: () => ReadonlyArray<Piece>
  /** Replaces a piece; durable when it returns. */
  readonly set: (index: number, change: Partial<Piece>) => Effect.Effect<void, Failure>
  readonly split: (
    index: number,
    halves: ReadonlyArray<{ readonly start: number; readonly end: number }>
  ) => Effect.Effect<void, Failure>
  readonly fileOf: (piece: Piece) => string
}

type Failure = SourceError.ReadFailed | SourceError.CorruptInput

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
): Effect.fn.Return<OpenJournal, Failure, FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const platform = { fs, path }
  const baseOf = ({ end, start }: Pick<Window, "start" | "end">) =>
    path.join(directory, `${window.dataType}-${compact(start)}-${compact(end)}-${digest}`)
  const name = baseOf(window) + JOURNAL
  const own = <A>(
    effect: Effect.Effect<A, PlatformError.PlatformError, FileSystem.FileSystem | Path.Path>
  ): Effect.Effect<A, SourceError.ReadFailed> =>
    effect.pipe(
      Effect.mapError((cause) => new SourceError.ReadFailed({ path: name, cause })),
      Effect.provideService(FileSystem.FileSystem, platform.fs),
      Effect.provideService(Path.Path, platform.path)
    )
  yield* own(fs.makeDirectory(directory, { recursive: true, mode: 0o700 }))
  const exists = yield* own(fs.exists(name))
  const text = exists ? yield* own(fs.readFileString(name)) : undefined
  const known = text === undefined ? undefined : Option.getOrUndefined(decode(text))
  if (text !== undefined && known === undefined) {
    return yield* new SourceError.CorruptInput({
      place: name,
      problem: "it is no record of an export",
      hint: "Put it back as it was, or remove it: its window is then exported again."
    })
  }
  let pieces: ReadonlyArray<Piece> = known?.pieces ?? [fresh(window)]
  const replace = (changed: ReadonlyArray<Piece>) =>
    Effect.suspend(() => {
      pieces = changed
      const journal = { format: "chatferry-sendbird-export/1", dataType: window.dataType, pieces }
      return own(DurableFile.replace(name, `${JSON.stringify(journal, undefined, 2)}\n`))
    })
  return {
    pieces: () => pieces,
    set: (index, change) =>
      replace(pieces.map((piece, i) => (i === index ? { ...piece, ...change } : piece))),
    split: (index, halves) => replace(pieces.toSpliced(index, 1, ...halves.map(fresh))),
    fileOf: (piece) => `${baseOf(piece)}.zip`
  }
})

// internal

const decodeJournal = Schema.decodeUnknownOption(Schema.fromJsonString(Journal))
const decode = (text: string) => decodeJournal(text)

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
