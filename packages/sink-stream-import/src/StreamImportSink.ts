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
import type { Phase } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import { fileNames } from "./internal/files/names.ts"
import { SINK_NAME, SinkConfig } from "./internal/format/config.ts"
import { consequences } from "./internal/format/consequences.ts"
import * as Settings from "./internal/format/settings.ts"
import type { Stage } from "./internal/write/writer.ts"
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
        files: fileNames(settings),
        phases: [makePhase(settings)],
        publish: (output) => Effect.flatMap(writer, ({ publish }) => publish(settings, output))
      })
    }
  })

// internal

const FIELDS = Sink.allOf(["user", "channel", "member", "message", "reaction"])

type Services = FileSystem.FileSystem | Path.Path

/** A program that only prepares or describes a migration does not load what writes the files. */
const writer = Effect.promise(() => import("./internal/write/writer.ts"))

/** Entities are encoded where they are read, and staged by one writer. */
const makePhase = (settings: Settings.Settings): Phase.Phase<Services> => {
  let made: Stage | undefined
  const stage = Effect.map(writer, ({ makeStage }) => (made ??= makeStage(settings)))
  return {
    name: "stage",
    after: [],
    parts: 1,
    makeRoute: Effect.flatMap(stage, (one) => one.makeRoute),
    open: (task) => Effect.flatMap(stage, (one) => one.open(task))
  }
}
