// A sink of two files of lines. It keeps the contract, unless it has a fault.
import { appendFileSync, openSync } from "node:fs"
import {
  Consequence,
  DurableFile,
  Entity,
  Ledger,
  Publication,
  type Rejected,
  Sink,
  SinkError
} from "@chatferry/core"
import { Effect, FileSystem, Option, Path, type PlatformError, Schema, type Scope } from "effect"
import type { Fault } from "./sinkFaults.ts"

export { type Fault, FAULTS } from "./sinkFaults.ts"

export interface Config {
  readonly directory: string
  readonly token: string
  readonly maxText: number
}

type Needs = FileSystem.FileSystem | Path.Path | Scope.Scope
type Failure = SinkError.SinkError | PlatformError.PlatformError

const NAME = "pigeon"
const FILES = ["people.jsonl", "talk.jsonl"] as const
const fileOf = (kind: Entity.Kind) => (kind === "message" || kind === "reaction" ? 1 : 0)
const State = Schema.Struct({
  bytes: Schema.Array(Schema.Int),
  records: Schema.Array(Schema.Int),
  ledger: Ledger.Ledger
})
const decodeState = Schema.decodeUnknownOption(State)
const TEXT_TOO_LONG = Consequence.make("text_too_long", {
  effect: "lost",
  says: "messages that are too long"
})
const DELETED = Consequence.make("deleted", { effect: "left_out_on_purpose", says: "deleted messages" })
const AGAIN = Consequence.make("again", { effect: "information", says: "repeated records" })
const shared = Ledger.open()

export const make = (config: Config, fault?: Fault): Sink.Sink<FileSystem.FileSystem | Path.Path> => {
  const { directory, maxText, token } = config
  const has = (one: Fault) => one === fault
  const failed = (cause: PlatformError.PlatformError) => {
    const path = has("tokenInError") ? `${directory}?token=${token}` : directory
    return has("rawErrors")
      ? Effect.fail(cause as never)
      : Effect.fail(
          new SinkError.SinkError({ sink: NAME, reason: new SinkError.WriteFailed({ path, cause }) })
        )
  }
  const lift = <A, R>(effect: Effect.Effect<A, Failure, R>): Effect.Effect<A, SinkError.SinkError, R> =>
    Effect.catchTag(effect, "PlatformError", failed)
  const wrong = (problem: string) =>
    Effect.fail(
      new SinkError.SinkError({
        sink: NAME,
        reason: new SinkError.InvalidReceipt({ path: directory, problem })
      })
    )
  const kinds: ReadonlyArray<Entity.Kind> = ["user", "channel", "member", "message", "reaction"]
  return {
    name: NAME,
    fields: Sink.allOf(has("hiddenKind") ? ["message"] : kinds),
    consequences: [TEXT_TOO_LONG, DELETED, AGAIN],
    fingerprint: {
      format: 1,
      ...(!has("settingNotInFingerprint") && { maxText }),
      ...(has("tokenInFingerprint") && { token }),
      ...(has("pathInFingerprint") && { directory })
    },
    open: (context) =>
      lift(
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const path = yield* Path.Path
          const services = yield* Effect.context<Needs>()
          const found = Option.flatMap(context.receipt, decodeState)
          if (Option.isSome(context.receipt) && Option.isNone(found) && !has("foreignAsStart"))
            return yield* wrong("it was not written by this sink")
          const owner = has("sharedOwner") ? { ...context, migrationId: "any", runId: "any" } : context
          if (has("overwrites")) yield* fs.makeDirectory(directory, { recursive: true })
          else yield* Publication.prepare({ sink: NAME, directory, context: owner, files: FILES })
          const last = Option.getOrElse(found, () => ({
            bytes: [0, 0],
            records: [0, 0],
            ledger: Ledger.empty
          }))
          const records = has("countNotInReceipt") ? [0, 0] : [...last.records]
          const book = has("sharedLedger") ? shared : Ledger.open(last.ledger)
          const open = openFiles(config, has, last.bytes, Option.isSome(found))
          const files = yield* has("noSync")
            ? Effect.provideService(open, FileSystem.FileSystem, withoutSync(fs))
            : open
          if (has("leaksHandles")) openSync(path.join(directory, "..", "leak"), "w")
          if (has("fixedSpool")) appendFileSync(path.join(directory, "..", "..", "..", "spool"), "x")
          const run = <A>(effect: Effect.Effect<A, Failure, Needs>) =>
            Effect.provideContext(lift(effect), services)
          const held: [Array<string>, Array<string>] = [[], []]
          const put = (i: number, lines: ReadonlyArray<string>) =>
            lines.length === 0
              ? Effect.void
              : Effect.suspend(
                  () =>
                    files[i]?.writeText(has("noLineFeed") ? lines.join("\n") : `${lines.join("\n")}\n`) ??
                    Effect.void
                )
          const putHeld = Effect.gen(function* () {
            for (const i of [0, 1]) yield* put(i, held[i]?.splice(0) ?? [])
          })
          const flush = Effect.gen(function* () {
            const bytes: Array<number> = []
            for (const [i, file] of files.entries()) {
              const reached = () => last.bytes[i] ?? 0
              bytes.push(
                yield* has("forgetsFailure") ? Effect.orElseSucceed(file.flush, reached) : file.flush
              )
            }
            const receipt = { bytes, records: [...records], ledger: book.snapshot() }
            return has("mapInReceipt") ? { ...receipt, extra: new Map() as never } : receipt
          })
          const write = (entities: ReadonlyArray<Entity.Entity>) =>
            Effect.gen(function* () {
              if (has("lastBatch")) yield* putHeld
              if (has("sortsInput"))
                (entities as Array<Entity.Entity>).sort((a, b) =>
                  a._tag < b._tag ? -1 : a._tag > b._tag ? 1 : 0
                )
              const lines: [Array<string>, Array<string>] =
                has("lastBatch") || has("writesAtFinish") ? held : [[], []]
              const rejected: Array<Rejected.Rejected> = []
              const seen = new Set<string>()
              for (const entity of entities) {
                const kind = entity._tag
                book.read(kind, 1)
                const key = `${kind} ${Entity.key(entity)}`
                if (has("dedupInBatch") && seen.has(key)) {
                  book.add(kind, "merged", AGAIN.code, 1)
                  continue
                }
                seen.add(key)
                if (has("changesEntity")) Object.assign(entity, { isSeen: undefined })
                if (entity._tag === "message" && (entity.text ?? "").length > maxText) {
                  if (has("rejectedAsWritten")) book.written(kind, 1)
                  else book.add(kind, has("rejectsUncounted") ? "dropped" : "rejected", TEXT_TOO_LONG.code, 1)
                  const place = has("emptyPlace") ? "" : `message ${entity.id}`
                  const message = `its text is longer than ${maxText}`
                  rejected.push({ kind, code: TEXT_TOO_LONG.code, message, place, original: entity as never })
                  continue
                }
                if (entity._tag === "message" && entity.isDeleted === true) {
                  if (!has("droppedUncounted")) book.add(kind, "dropped", DELETED.code, 1)
                  continue
                }
                const i = fileOf(kind)
                if (has("madeUpReason") && (records[1] ?? 0) % 100 === 99) {
                  records[1] = (records[1] ?? 0) + 1
                  book.add(kind, "dropped", "other", 1)
                  continue
                }
                lines[i]?.push(lineOf(entity, has))
                records[i] = (records[i] ?? 0) + 1
                book.written(kind, 1)
              }
              if (rejected.length > 0 && !has("rejectsLost")) yield* context.reject(rejected)
              if (lines !== held) for (const i of [0, 1]) yield* put(i, lines[i] ?? [])
            })
          const finish = (completion: Sink.Completion) =>
            Effect.gen(function* () {
              yield* putHeld
              if (has("footer")) yield* files[1]?.writeText('{"end":true}\n') ?? Effect.void
              const { ledger } = yield* flush
              if (has("scratchFile")) yield* fs.writeFileString(path.join(directory, "index.tmp"), "x")
              const manifest = path.join(directory, "manifest.json")
              if (has("manifestFirst") && !(yield* fs.exists(manifest)))
                yield* Effect.ensuring(
                  fs.writeFileString(manifest, "{}"),
                  Effect.ignore(fs.remove(manifest, { force: true }))
                )
              if (has("emptyFile"))
                for (const name of FILES)
                  yield* fs.truncate(path.join(directory, Publication.partName(name)), 0).pipe(Effect.ignore)
              return [
                yield* Publication.publish({
                  sink: NAME,
                  directory,
                  context: owner,
                  completion: { ...completion, migrationId: owner.migrationId },
                  ledger,
                  details: {
                    format: "pigeon-1",
                    ...(has("tokenInManifest") && { token }),
                    ...(has("zoneInManifest") && { epoch: new Date(0).toString() })
                  },
                  files: FILES.map((path, i) => ({ path, records: records[i] ?? 0 }))
                })
              ]
            })
          return {
            write: (entities) => run(write(entities)),
            flush: run(flush),
            finish: (completion) =>
              run(has("uninterruptible") ? Effect.uninterruptible(finish(completion)) : finish(completion))
          } satisfies Sink.Writer
        })
      )
  }
}

// internal

const openFiles = (
  { directory }: Config,
  has: (fault: Fault) => boolean,
  bytes: ReadonlyArray<number>,
  isResumed: boolean
) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const files: Array<DurableFile.Appender> = []
    for (const [i, name] of FILES.entries()) {
      const final = path.join(directory, name)
      const part = path.join(directory, Publication.partName(name))
      // Published before: it is to be published again.
      if (isResumed && !(yield* fs.exists(part)) && (yield* fs.exists(final))) {
        yield* fs.remove(path.join(directory, "manifest.json"), { force: true })
        yield* DurableFile.rename(final, part)
      }
      const length =
        has("noTruncation") && (yield* fs.exists(part)) ? Number((yield* fs.stat(part)).size) : bytes[i]
      files.push(yield* DurableFile.append(part, length ?? 0))
    }
    return files
  })

const lineOf = (entity: Entity.Entity, has: (fault: Fault) => boolean): string => {
  if (has("emptyLines") || has("emptyFile")) return "{}"
  if (has("clock")) return JSON.stringify({ ...entity, importedAt: Date.now() })
  if (has("randomId")) return JSON.stringify({ ...entity, uuid: crypto.randomUUID() })
  if (has("swappedIds") && entity._tag === "member")
    return JSON.stringify({ ...entity, userId: entity.channelId, channelId: entity.userId })
  return JSON.stringify(entity, (key, value: unknown) => {
    if (key === "createdAt" && has("localTimes")) return new Date(String(value)).toString()
    if (key === "createdAt" && has("rounded")) return `${String(value).slice(0, 19)}Z`
    if (key === "text" && has("cutTexts")) return String(value).slice(0, 100)
    if (key === "visibleToUserIds" && has("droppedField")) return undefined
    return typeof value === "number" && has("rounded") ? Math.round(value) : value
  })
}

const withoutSync = (fs: FileSystem.FileSystem): FileSystem.FileSystem =>
  FileSystem.make({
    ...fs,
    open: (path, options) =>
      Effect.map(
        fs.open(path, options),
        (file) =>
          new Proxy(file, {
            get: (of, key) => {
              const value: unknown = Reflect.get(of, key)
              if (key === "sync") return Effect.void
              return typeof value === "function" ? (value.bind(of) as unknown) : value
            }
          })
      )
  })
