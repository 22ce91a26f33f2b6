// How far each file has come, on disk before anything else happens with it: no file is imported twice.
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
  /** `creating`: whether Stream has got the request for the import is not known yet. `ended`: Stream does no more with it. */
  step: Schema.Literals(["new", "uploaded", "creating", "created", "ended"]),
  /** Where Stream has the file. */
  path: Schema.NullOr(Schema.String),
  importId: Schema.NullOr(Schema.String),
  /** The last state seen. */
  state: Schema.NullOr(Schema.String)
})
type Entry = typeof Entry.Type

export type OpenJournal = Journal.Journal<Entry, SinkError.WriteFailed>

/** Opens the journal of these files for this app: another app, mode or content has one of its own. */
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
        problem: `${file} is no record of an upload`,
        hint: "Put it back as it was. Without it, what was imported already would be imported again."
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
