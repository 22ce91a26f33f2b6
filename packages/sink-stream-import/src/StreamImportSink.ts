/**
 * Writes files that Stream Chat imports.
 *
 * Stream takes complete, ordered and closed files; entities come in any order
 * and more than once. So they are staged in an embedded database in the state
 * folder, and the file is assembled when all are there: records of one thing
 * are joined, references are closed, Stream's limits are kept. The same
 * entities give the same bytes, in whatever order and batches they came.
 *
 * Memory does not grow with the number of entities. The state folder needs
 * about as much room as the file that is written, and as much again for a while.
 *
 * @stability unstable
 * @since 0.1.0
 */
import { type Entity, Publication, Sink, type SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import { assemble } from "./internal/assemble.ts"
import { SINK_NAME, SinkConfig } from "./internal/config.ts"
import { consequences } from "./internal/consequences.ts"
import * as EarlierIds from "./internal/earlierIds.ts"
import * as Output from "./internal/output.ts"
import * as Settings from "./internal/settings.ts"
import * as Stage from "./internal/stage.ts"
import type { Dialect, PoliciesConfig } from "./StreamImportPolicies.ts"

/**
 * Where to write and in which form, and any policy that is not to be as it is
 * by default.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface StreamImportSinkConfig extends PoliciesConfig {
  /** Folder for `import.jsonl` or `import.json`, `id-map.ndjson`, `oversize-custom.ndjson` and `manifest.json`. */
  readonly directory: string
  readonly dialect: Dialect
  /**
   * Tells sinks of one migration apart.
   *
   * @default stream-import
   */
  readonly name?: string | undefined
  /**
   * `id-map.ndjson` of an earlier run into the same app. What it lists keeps its id in Stream, whatever the settings and
   * however records collide now, and its entries are part of the new map. A run is only resumed with the same map.
   */
  readonly idMap?: string | undefined
}

/**
 * The schema of `StreamImportSinkConfig`.
 *
 * @category configuration
 * @since 0.1.0
 */
export const StreamImportSinkConfig = SinkConfig

/**
 * Makes a sink for one import file. It holds users, channels, members, messages
 * and reactions.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (config: StreamImportSinkConfig): Sink.Sink<FileSystem.FileSystem | Path.Path> =>
  Sink.fromConfig({ schema: SinkConfig, config, name: SINK_NAME, fields: FIELDS }, (given) => {
    const settings = Settings.of(given)
    return {
      name: settings.name,
      fields: FIELDS,
      consequences,
      fingerprint: Settings.fingerprint(settings),
      outputs: [settings.directory],
      open: (context) => open(settings, context)
    }
  })

// internal

const FIELDS = Sink.allOf(["user", "channel", "member", "message", "reaction"])

const open = (settings: Settings.Settings, context: Sink.Context) =>
  Effect.gen(function* () {
    const services = yield* Effect.context<FileSystem.FileSystem | Path.Path>()
    yield* Publication.prepare({
      sink: settings.name,
      directory: settings.directory,
      context,
      files: Output.fileNames(settings)
    })
    const earlier = yield* EarlierIds.load(settings, context.stateDirectory)
    const mapping = EarlierIds.makeMapping(settings, earlier)
    const stage = yield* Stage.open(settings, context.stateDirectory, context.receipt, earlier)
    return {
      write: (records: ReadonlyArray<Entity.Entity>): Effect.Effect<void, SinkError.SinkError> =>
        Effect.flatMap(stage.write(records), (rejected) =>
          rejected.length === 0 ? Effect.void : context.reject(rejected)
        ),
      exclude: stage.exclude,
      flush: stage.commit,
      finish: (completion: Sink.Completion) =>
        Effect.flatMap(stage.commit, ({ ledger }) =>
          Effect.map(assemble(settings, context, completion, ledger, mapping), (summary) => [summary])
        ).pipe(Effect.provideContext(services))
    }
  })
