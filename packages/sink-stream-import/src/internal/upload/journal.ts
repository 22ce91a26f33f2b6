// Records the progress of each file on disk before the next step, so that no file is imported twice.
import { Journal } from "@chatferry/connector"
import { SinkError } from "@chatferry/core"
import { Sha256 } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { ImportFile } from "./manifest.ts"
import type { ApiSettings } from "./settings.ts"

const Entry = Schema.Struct({
  file: Schema.String,
  sha256: Schema.String,
  /** `creating`: it is unknown whether Stream received the request for the import. `ended`: the import is over. */
  step: Schema.Literals(["new", "uploaded", "creating", "created", "ended"]),
  /** The path of the file in Stream's storage. */
  path: Schema.NullOr(Schema.String),
  importId: Schema.NullOr(Schema.String),
  /** The last known state. */
  state: Schema.NullOr(Schema.String)
})
type Entry = typeof Entry.Type

export type OpenJournal = Journal.Journal<Entry, SinkError.WriteFailed>

/** Opens the journal for these files and this app. Another app, mode or content has a separate journal. */
export const open = Effect.fnUntraced(function* (
  settings: ApiSettings,
  files: ReadonlyArray<ImportFile>
): Effect.fn.Return<
  OpenJournal,
  SinkError.WriteFailed | SinkError.Conflict,
  FileSystem.FileSystem | Path.Path | Scope.Scope
> {
  const path = yield* Path.Path
  const identity = [
    settings.connection.baseUrl,
    settings.connection.apiKey,
    settings.mode,
    settings.mergeCustom ?? null,
    files.map(({ name, sha256 }) => [name, sha256])
  ]
  const digest = Sha256.hex([JSON.stringify(identity)]).slice(0, 16)
  const file = path.join(settings.stateDirectory, `stream-import-${digest}.json`)
  return yield* Journal.open({
    file,
    head: { format: "chatferry-stream-import/1" },
    member: "files",
    entry: Entry,
    first: () => files.map(fresh),
    isOurs: (found) => found.length === files.length,
    failed: (cause) => new SinkError.WriteFailed({ path: file, cause }),
    notOurs: () =>
      new SinkError.Conflict({
        problem: `${file} is not the journal of an upload`,
        hint: "Restore the original file. Without it, all files would be imported again."
      })
  })
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
