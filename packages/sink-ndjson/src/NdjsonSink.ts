/**
 * Writes canonical entities as newline-delimited JSON.
 *
 * Each line is one entity as the source produced it: nothing is merged, sorted or
 * left out, and fields keep their order, so the same entities always give the same
 * bytes. Files grow under temporary names and are published when the run finishes,
 * with a `manifest.json`. A kind that never occurs has no file. `NdjsonSource` reads
 * the files back.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { Entity, type Rejected, Sink, type SinkError } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import { type Phase } from "@chatferry/core/run"
import { Setting, Settings } from "@chatferry/core/settings"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { consequencesOfSink, declaredBySink } from "./internal/consequences.ts"
import * as Gzip from "./internal/gzip.ts"
import { fileOf, filesOf, FORMAT, gzipName, type Layout, NAME } from "./internal/layout.ts"

/**
 * The settings of the sink.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface NdjsonSinkConfig {
  /** Folder for the files. It is created if it does not exist. */
  readonly directory: string
  /**
   * `by-kind` writes `user.ndjson`, `channel.ndjson`, … `mixed` writes everything to
   * `entities.ndjson`, in the order of writing.
   *
   * @default by-kind
   */
  readonly layout?: "by-kind" | "mixed" | undefined
  /**
   * Whether to publish `*.ndjson.gz`. It needs disk space for the plain and the compressed files until the run has finished.
   *
   * @default false
   */
  readonly gzip?: boolean | undefined
  /**
   * Name in reports and errors.
   *
   * @default ndjson
   */
  readonly name?: string | undefined
}

/**
 * The schema of `NdjsonSinkConfig`.
 *
 * @category configuration
 * @since 0.1.0
 */
export const NdjsonSinkConfig = Schema.Struct({
  directory: Settings.incidental(Setting.path),
  layout: Settings.withDefault(Setting.oneOf("by-kind", "mixed"), "by-kind"),
  gzip: Settings.withDefault(Setting.flag, false),
  name: Settings.incidental(Settings.withDefault(Setting.fileName, NAME))
})

/**
 * Makes the sink. It takes all kinds.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (config: NdjsonSinkConfig): Sink.Sink<FileSystem.FileSystem | Path.Path> =>
  Sink.fromConfig({ schema: NdjsonSinkConfig, config, name: NAME, fields: FIELDS }, (settings) => ({
    name: settings.name,
    fields: FIELDS,
    consequences: consequencesOfSink,
    fingerprint: { format: FORMAT, ...Settings.fingerprint(NdjsonSinkConfig, settings) },
    divide: () => ({
      directory: settings.directory,
      files: filesOf(settings.layout).map((piece) => finalName(settings, piece)),
      phases: [{ name: "lines", after: [], parts: "segment", open: makeWriter(settings.layout) }],
      publish: publish(settings)
    })
  }))

// internal

type Given = typeof NdjsonSinkConfig.Type

const FIELDS = Sink.allOf(Entity.kinds)

const makeWriter =
  (layout: Layout) =>
  (task: Phase.Task): Effect.Effect<Phase.Writer> =>
    Effect.succeed({
      write: (records) => {
        const rejected: Array<Rejected.Rejected> = []
        for (const record of records) {
          const text = toLine(record)
          if (text === undefined) rejected.push(notJson(record))
          else {
            task.line(fileOf(layout, record._tag), text)
            task.book.written(record._tag, 1)
          }
        }
        return task.reject(rejected)
      }
    })

const publish = (settings: Given) => (output: Phase.Output) =>
  Effect.gen(function* () {
    const made = new Map(output.pieces.map((piece) => [piece.name, piece]))
    const pieces = filesOf(settings.layout).flatMap((name) => made.get(name) ?? [])
    const absent = filesOf(settings.layout).filter((name) => !made.has(name))
    return yield* output.publish({
      files: settings.gzip
        ? yield* compressed(output, pieces)
        : yield* Effect.forEach(pieces, ({ name }) => output.join(name)),
      details: {
        format: FORMAT,
        layout: settings.layout,
        compression: settings.gzip ? "gzip" : "none",
        ...(absent.length > 0 && { without: absent.map((name) => finalName(settings, name)).join(", ") })
      }
    })
  })

/** Compresses whole pieces from their start, so that the bytes do not depend on when a run was killed. */
const compressed = Effect.fnUntraced(function* (output: Phase.Output, pieces: ReadonlyArray<Phase.Piece>) {
  const total = pieces.reduce((sum, { bytes }) => sum + bytes, 0)
  let done = 0
  const files = yield* Effect.forEach(pieces, ({ bytes, name }) =>
    Effect.gen(function* () {
      yield* output.progress("compress", done, total)
      done += bytes
      return yield* output.join(name, { file: gzipName(name), through: compress })
    })
  )
  yield* output.progress("compress", total, total)
  return files
})

/** Compression cannot fail: any bytes can be compressed. */
const compress = (bytes: Stream.Stream<Uint8Array, SinkError.SinkError>) =>
  Stream.catchTag(Gzip.compress(bytes), "GzipError", Stream.die)

const finalName = ({ gzip }: Given, piece: string): string => (gzip ? gzipName(piece) : piece)

/** Returns `undefined` for an entity that cannot be written: a cycle, a bigint, or nesting deeper than the stack. */
const toLine = (entity: Entity.Entity): string | undefined => {
  try {
    const text: unknown = Json.write(entity)
    return typeof text === "string" ? text : undefined
  } catch {
    return undefined
  }
}

const notJson = (entity: Entity.Entity): Rejected.Rejected => {
  const key = Entity.key(entity).replaceAll("\0", "/")
  return {
    kind: entity._tag,
    code: declaredBySink.notJson.code,
    message:
      "the entity cannot be written as JSON, because it contains a cycle, a bigint or too many levels; this line has only its kind and key",
    location: `${entity._tag} ${key}`,
    original: { _tag: entity._tag, key }
  }
}
