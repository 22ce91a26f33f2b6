// How far each file has come, on disk before anything else happens with it: no file is imported twice.
import { Journal, Sha256, SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
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

const FORMAT = "chatferry-stream-import/1" as const

const Entries = Schema.Struct({
  format: Schema.Literal(FORMAT),
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
  const path = yield* Path.Path
  const identity = [
    settings.connection.baseUrl,
    settings.connection.apiKey,
    settings.mode,
    settings.mergeCustom ?? null,
    files.map(({ name, sha256 }) => [name, sha256])
  ]
  const digest = Sha256.hex([JSON.stringify(identity)]).slice(0, 16)
  const journal = path.join(settings.stateDirectory, `stream-import-${digest}.json`)
  const { get, update } = yield* Journal.open({
    file: journal,
    schema: Entries,
    first: () => ({ format: FORMAT, files: files.map(fresh) }),
    isOurs: (found) => found.files.length === files.length,
    failed: (cause) => new SinkError.WriteFailed({ path: journal, cause }),
    notOurs: () =>
      new SinkError.Conflict({
        problem: `${journal} is no record of an upload`,
        hint: "Put it back as it was. Without it, what was imported already would be imported again."
      })
  })
  return {
    get: (index) => get().files[index] as Entry,
    set: (index, change) =>
      update((current) => ({
        ...current,
        files: current.files.map((entry, i) => (i === index ? { ...entry, ...change } : entry))
      }))
  }
})

// internal

const fresh = ({ name, sha256 }: ImportFile): Entry => ({
  file: name,
  sha256,
  step: "new",
  path: null,
  importId: null,
  state: null
})
