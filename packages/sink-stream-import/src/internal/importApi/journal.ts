// How far each file has come, on disk before anything else happens with it: no file is imported twice.
import { DurableFile, Sha256, SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import * as Schema from "effect/Schema"
import type { ImportFile } from "./manifest.ts"
import type { ApiSettings } from "./settings.ts"

const Entry = Schema.Struct({
  file: Schema.String,
  sha256: Schema.String,
  /** `creating`: whether Stream has got the request for the import is not known yet. `ended`: Stream does no more with it. */
  step: Schema.Literals(["new", "uploaded", "creating", "created", "ended"]),
  /** Where Stream has the file. */
  path: Schema.NullOr(Schema.String),
  importId: Schema.NullOr(Schema.String),
  /** The last state seen. */
  state: Schema.NullOr(Schema.String)
})
type Entry = typeof Entry.Type

const Journal = Schema.Struct({
  format: Schema.Literal("chatferry-stream-import/1"),
  files: Schema.Array(Entry)
})

export interface OpenJournal {
  readonly get: (index: number) => Entry
  /** Changes an entry; durable when it returns. */
  readonly set: (index: number, change: Partial<Entry>) => Effect.Effect<void, Failure>
}

type Failure = SinkError.WriteFailed | SinkError.Conflict

/** Opens the journal of these files for this app: another app, mode or content has one of its own. */
export const open = Effect.fnUntraced(function* (
  settings: ApiSettings,
  files: ReadonlyArray<ImportFile>
): Effect.fn.Return<OpenJournal, Failure, FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const identity = [
    settings.client.baseUrl,
    settings.client.apiKey,
    settings.mode,
    settings.mergeCustom ?? null,
    files.map(({ name, sha256 }) => [name, sha256])
  ]
  const digest = Sha256.hex([JSON.stringify(identity)]).slice(0, 16)
  const name = path.join(settings.stateDirectory, `stream-import-${digest}.json`)
  const own = <A>(
    effect: Effect.Effect<A, PlatformError.PlatformError, FileSystem.FileSystem | Path.Path>
  ): Effect.Effect<A, SinkError.WriteFailed> =>
    effect.pipe(
      Effect.mapError((cause) => new SinkError.WriteFailed({ path: name, cause })),
      Effect.provideService(FileSystem.FileSystem, fs),
      Effect.provideService(Path.Path, path)
    )
  yield* own(fs.makeDirectory(settings.stateDirectory, { recursive: true, mode: 0o700 }))
  const text = (yield* own(fs.exists(name))) ? yield* own(fs.readFileString(name)) : undefined
  const known = text === undefined ? undefined : Option.getOrUndefined(decode(text))
  if (text !== undefined && (known === undefined || known.files.length !== files.length)) {
    return yield* new SinkError.Conflict({
      problem: `${name} is no record of an upload`,
      hint: "Put it back as it was. Without it, what was imported already would be imported again."
    })
  }
  let entries: ReadonlyArray<Entry> =
    known?.files ??
    files.map((file) => ({
      file: file.name,
      sha256: file.sha256,
      step: "new",
      path: null,
      importId: null,
      state: null
    }))
  return {
    get: (index) => entries[index] as Entry,
    set: (index, change) =>
      Effect.suspend(() => {
        entries = entries.map((entry, i) => (i === index ? { ...entry, ...change } : entry))
        const journal = { format: "chatferry-stream-import/1", files: entries }
        return own(DurableFile.replace(name, `${JSON.stringify(journal, undefined, 2)}\n`))
      })
  }
})

// internal

const decodeJournal = Schema.decodeUnknownOption(Schema.fromJsonString(Journal))
const decode = (text: string) => decodeJournal(text)
