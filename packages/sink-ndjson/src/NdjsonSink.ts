/**
 * Writes canonical entities as newline-delimited JSON.
 *
 * One entity per line, as it comes: nothing is merged, ordered or left out, and
 * fields keep the order in which the source gave them, so the same entities are
 * the same bytes. Files grow under temporary names and appear when the run
 * finishes, with a `manifest.json`. A kind that never occurs has no file.
 * `NdjsonSource` reads the files back.
 *
 * @stability unstable
 * @since 0.1.0
 */
import {
  Entity,
  Ledger,
  Publication,
  type Rejected,
  Setting,
  Settings,
  Sink,
  SinkError
} from "@chatferry/core"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import type * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { compressAll, removeParts } from "./internal/compressFiles.ts"
import { consequencesOfSink, declaredBySink } from "./internal/consequences.ts"
import { fileOf, filesOf, FORMAT, type Layout, NAME } from "./internal/layout.ts"
import * as Receipt from "./internal/receipt.ts"
import * as Staged from "./internal/stagedFiles.ts"

/**
 * Where to write, and in which form.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface NdjsonSinkConfig {
  /** Folder for the files; made if it is not there. */
  readonly directory: string
  /**
   * `by-kind`: `user.ndjson`, `channel.ndjson`, … `mixed`: everything in
   * `entities.ndjson`, in the order of writing.
   *
   * @default by-kind
   */
  readonly layout?: "by-kind" | "mixed" | undefined
  /**
   * Publishes `*.ndjson.gz`. Needs room for the plain and the compressed files until the run is finished.
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
 * Makes the sink. It holds all kinds.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (config: NdjsonSinkConfig): Sink.Sink<FileSystem.FileSystem | Path.Path> =>
  Sink.fromConfig({ schema: NdjsonSinkConfig, config, name: NAME, fields: FIELDS }, (given) => {
    const settings: Staged.Settings = {
      sink: given.name,
      directory: given.directory,
      layout: given.layout,
      isGzip: given.gzip
    }
    return {
      name: given.name,
      fields: FIELDS,
      consequences: consequencesOfSink,
      fingerprint: { format: FORMAT, ...Settings.fingerprint(NdjsonSinkConfig, given) },
      outputs: [given.directory],
      open: (context) => writeFailed(settings, open(settings, context))
    }
  })

// internal

const FIELDS = Sink.allOf(Entity.kinds)

const open = Effect.fnUntraced(function* (
  settings: Staged.Settings,
  context: Sink.Context
): Effect.fn.Return<
  Sink.Writer,
  SinkError.SinkError | PlatformError.PlatformError,
  FileSystem.FileSystem | Path.Path | Scope.Scope
> {
  const { directory, sink } = settings
  const last = yield* readReceipt(settings, context.receipt)
  const names = filesOf(settings.layout).map((name) => Staged.finalName(settings, name))
  yield* Publication.prepare({ sink, directory, context, files: names })
  const files = yield* Staged.openAll(settings, last)
  const book = Ledger.open(Option.getOrElse(last, () => Receipt.empty).ledger)
  const services = yield* Effect.context<FileSystem.FileSystem | Path.Path | Scope.Scope>()

  const drain = (all: boolean) =>
    Effect.forEach(
      files.values(),
      Effect.fnUntraced(function* (file) {
        const blocks = file.lines.take(all)
        if (blocks.length === 0) return
        const appender = yield* Staged.openForWriting(settings, file)
        for (const block of blocks) yield* appender.write(block)
      }),
      { discard: true }
    )
  // One function for all batches: of each generator function that has run, V8 keeps the context until the heap is cleaned.
  const write = Effect.fnUntraced(function* (records: ReadonlyArray<Entity.Entity>) {
    for (let next = 0; next < records.length;) {
      const encoded = encode(records, next, settings.layout, files, book)
      next = encoded.next
      if (encoded.rejected.length > 0) yield* context.reject(encoded.rejected)
      yield* drain(false)
    }
  })
  const flush = Effect.gen(function* () {
    yield* drain(true)
    const flushOne = (file: Staged.StagedFile) =>
      Option.match(file.appender, {
        onNone: () => Effect.void,
        onSome: (appender) =>
          Effect.map(appender.flush, (bytes) => {
            file.bytes = bytes
            file.sha256 = appender.sha256()
          })
      })
    // A flush waits for the disk: all files wait together.
    yield* Effect.forEach(files.values(), flushOne, { concurrency: "unbounded", discard: true })
  })
  const run = <A>(effect: Effect.Effect<A, SinkError.SinkError | PlatformError.PlatformError, Needs>) =>
    Effect.provideContext(writeFailed(settings, effect), services)

  return {
    write: (records) => run(write(records)),
    flush: run(Effect.map(flush, () => receiptOf(settings, files, book))),
    finish: (completion) =>
      run(
        Effect.gen(function* () {
          yield* flush
          const staged = inOrder(settings.layout, files)
          const compressed = settings.isGzip
            ? yield* compressAll(settings, staged, context.progress)
            : undefined
          const summary = yield* Publication.publish({
            sink,
            directory,
            context,
            completion,
            files: staged.map(({ bytes, name, records, sha256 }) => ({
              path: Staged.finalName(settings, name),
              records,
              ...(compressed === undefined ? { bytes, sha256 } : compressed.get(name))
            })),
            ledger: book.snapshot(),
            details: details(settings, files)
          })
          if (settings.isGzip) yield* removeParts(settings, staged)
          return [summary]
        })
      )
  }
})

type Needs = FileSystem.FileSystem | Path.Path | Scope.Scope

const readReceipt = (settings: Staged.Settings, receipt: Option.Option<Sink.Receipt>) =>
  Option.match(receipt, {
    onNone: () => Effect.succeedNone,
    onSome: (value) =>
      Option.match(Receipt.decode(value), {
        onNone: () =>
          Effect.fail(
            new SinkError.SinkError({
              sink: settings.sink,
              reason: SinkError.foreignReceipt(settings.directory)
            })
          ),
        onSome: Effect.succeedSome
      })
  })

interface Encoded {
  readonly next: number
  readonly rejected: ReadonlyArray<Rejected.Rejected>
}

/** Encodes records from `first` on until there is enough to write out. */
const encode = (
  records: ReadonlyArray<Entity.Entity>,
  first: number,
  layout: Layout,
  files: Map<string, Staged.StagedFile>,
  book: Ledger.Book
): Encoded => {
  const rejected: Array<Rejected.Rejected> = []
  for (let i = first; i < records.length; i++) {
    const entity = records[i] as Entity.Entity
    const { _tag } = entity
    const text = toLine(entity)
    book.read(_tag, 1)
    if (text === undefined) {
      book.add(_tag, "rejected", declaredBySink.notJson.code, 1)
      rejected.push(notJson(entity))
      continue
    }
    const name = fileOf(layout, _tag)
    let file = files.get(name)
    if (file === undefined) {
      file = Staged.make(name)
      files.set(name, file)
    }
    file.lines.add(text)
    file.records++
    book.written(_tag, 1)
    if (file.lines.fullBytes > 0) return { next: i + 1, rejected }
  }
  return { next: records.length, rejected }
}

/** `undefined` for what cannot be written: a cycle, a bigint, nesting deeper than the stack. */
const toLine = (entity: Entity.Entity): string | undefined => {
  try {
    const text: unknown = JSON.stringify(entity)
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
      "the entity cannot be written as JSON, because it holds a cycle, a bigint or too many levels; this line has only its kind and key",
    place: `${entity._tag} ${key}`,
    original: { _tag: entity._tag, key }
  }
}

const inOrder = (layout: Layout, files: ReadonlyMap<string, Staged.StagedFile>) =>
  filesOf(layout)
    .map((name) => files.get(name))
    .filter((file) => file !== undefined)

const receiptOf = (
  settings: Staged.Settings,
  files: ReadonlyMap<string, Staged.StagedFile>,
  book: Ledger.Book
): Sink.Receipt => ({
  files: Object.fromEntries(
    inOrder(settings.layout, files).map(({ bytes, name, records, sha256 }) => [
      name,
      { bytes, records, sha256 }
    ])
  ),
  ledger: book.snapshot()
})

const details = (settings: Staged.Settings, files: ReadonlyMap<string, Staged.StagedFile>) => {
  const absent = filesOf(settings.layout).filter((name) => !files.has(name))
  return {
    format: FORMAT,
    layout: settings.layout,
    compression: settings.isGzip ? "gzip" : "none",
    ...(absent.length === 0
      ? {}
      : { without: absent.map((name) => Staged.finalName(settings, name)).join(", ") })
  }
}

const writeFailed = <A, R>(
  { directory, sink }: Staged.Settings,
  effect: Effect.Effect<A, SinkError.SinkError | PlatformError.PlatformError, R>
): Effect.Effect<A, SinkError.SinkError, R> =>
  Effect.catchTag(effect, "PlatformError", (cause) =>
    Effect.fail(
      new SinkError.SinkError({ sink, reason: new SinkError.WriteFailed({ path: directory, cause }) })
    )
  )
