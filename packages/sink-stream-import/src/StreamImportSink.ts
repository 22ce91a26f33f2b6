/**
 * Writes import files for Stream Chat.
 *
 * Stream expects complete and ordered files without open references, but
 * entities arrive in any order and more than once. Therefore the sink stages
 * them in an embedded database in the state folder and assembles the file when
 * all have arrived: it merges the records of an entity, closes references and
 * keeps to Stream's limits. The same entities give the same bytes, whatever
 * their order and batches were.
 *
 * Memory does not grow with the number of entities. The state folder needs
 * about as much space as the output, and temporarily twice as much.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { Sink } from "@chatferry/core"
import { type Phase } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import * as Output from "./internal/files/output.ts"
import { SINK_NAME, SinkConfig } from "./internal/format/config.ts"
import { consequences } from "./internal/format/consequences.ts"
import * as Settings from "./internal/format/settings.ts"
import * as EarlierIds from "./internal/stage/earlierIds.ts"
import { makeRowEncoder } from "./internal/stage/rows.ts"
import * as Stage from "./internal/stage/stage.ts"
import { assemble } from "./internal/write/assemble.ts"
import type { Dialect, PoliciesConfig } from "./StreamImportPolicies.ts"

/**
 * Where to write, in which dialect, and the policies that differ from their
 * defaults.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface StreamImportSinkConfig extends PoliciesConfig {
  /** Folder for `import.jsonl` or `import.json`, `id-map.ndjson`, `oversize-custom.ndjson` and `manifest.json`. */
  readonly directory: string
  /** The format of the import. */
  readonly dialect: Dialect
  /**
   * The name of the sink, unique in a migration.
   *
   * @default stream-import
   */
  readonly name?: string | undefined
  /**
   * `id-map.ndjson` of an earlier run into the same app. The records in it keep their ids in Stream, whatever the settings
   * are and however records collide now. Its entries become part of the new map. A run only resumes with the same map.
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
 * Makes a sink that writes one import of users, channels, members, messages and
 * reactions.
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
      divide: () => ({
        directory: settings.directory,
        files: Output.fileNames(settings),
        phases: [makePhase(settings)],
        publish: (output) => Output.publish(settings, output)
      })
    }
  })

// internal

const FIELDS = Sink.allOf(["user", "channel", "member", "message", "reaction"])

type Services = FileSystem.FileSystem | Path.Path

/** Entities are encoded where they are read, and staged by one writer. */
const makePhase = (settings: Settings.Settings): Phase.Phase<Services> => {
  // A route in the writer's own thread uses the id map that the writer has read.
  let loaded: EarlierIds.EarlierIds | undefined
  return {
    name: "stage",
    after: [],
    parts: 1,
    makeRoute: Effect.map(
      Effect.suspend(() => (loaded === undefined ? EarlierIds.read(settings) : Effect.succeed(loaded))),
      (earlier) => makeRoute(settings, earlier)
    ),
    open: Effect.fnUntraced(function* (task) {
      loaded = yield* EarlierIds.load(settings, task.directory)
      return yield* openWriter(settings, task, loaded)
    })
  }
}

const makeRoute = (settings: Settings.Settings, earlier: EarlierIds.EarlierIds): Phase.Route => {
  const encodeRow = makeRowEncoder(settings, EarlierIds.makeMapping(settings, earlier))
  let isIdMapSent = settings.idMap === undefined
  return (entity, send) => {
    if (!isIdMapSent) send(0, { row: ["id_map", earlier.sha256] })
    isIdMapSent = true
    send(0, { row: encodeRow(entity) })
  }
}

const openWriter = Effect.fnUntraced(function* (
  settings: Settings.Settings,
  task: Phase.Task,
  earlier: EarlierIds.EarlierIds
) {
  const services = yield* Effect.context<Services>()
  const stage = yield* Stage.open(settings, task, earlier)
  const mapping = EarlierIds.makeMapping(settings, earlier)
  const writer: Phase.Writer = {
    rows: (_, rows) => Effect.flatMap(stage.rows(rows as ReadonlyArray<Stage.Row>), task.reject),
    exclude: stage.exclude,
    flush: stage.commit,
    end: Effect.flatMap(stage.commit, ({ proof }) => assemble(settings, task, proof, mapping)).pipe(
      Effect.as(null),
      Effect.provideContext(services)
    )
  }
  return writer
})
