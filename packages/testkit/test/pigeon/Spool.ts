// A writer's own file of lines that wait for its end. Its receipt says how many bytes count, and verifies them.
import { createHash } from "node:crypto"
import { appendFileSync } from "node:fs"
import { SinkError } from "@chatferry/core"
import { DurableFile } from "@chatferry/core/files"
import { Effect, FileSystem, Option, type Path, type PlatformError, Schema, type Scope } from "effect"
import type { Fault } from "./sinkFaults.ts"

export interface Spool {
  readonly add: (lines: ReadonlyArray<string>) => Effect.Effect<void, PlatformError.PlatformError>
  readonly flush: Effect.Effect<Receipt, PlatformError.PlatformError>
  /** All lines, after a flush. */
  readonly lines: Effect.Effect<ReadonlyArray<string>, PlatformError.PlatformError>
}

const Receipt = Schema.Struct({
  bytes: Schema.Int,
  sha256: Schema.String,
  path: Schema.optionalKey(Schema.String)
})
type Receipt = typeof Receipt.Type
const decode = Schema.decodeUnknownOption(Receipt)

const NOTHING: Receipt = { bytes: 0, sha256: "" }

export const open = (
  sink: string,
  directory: string,
  receipt: Option.Option<Schema.Json>,
  has: (fault: Fault) => boolean
): Effect.Effect<
  Spool,
  SinkError.SinkError | PlatformError.PlatformError,
  FileSystem.FileSystem | Path.Path | Scope.Scope
> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const failed = (reason: SinkError.SinkError["reason"]) => new SinkError.SinkError({ sink, reason })
    const known = Option.flatMap(receipt, decode)
    if (Option.isSome(receipt) && Option.isNone(known) && !has("foreignAsStart"))
      return yield* failed(SinkError.foreignReceipt(directory))
    const last = Option.getOrElse(known, () => NOTHING)
    const path = last.path ?? `${directory}/spool.jsonl`
    yield* DurableFile.makeDirectory(directory)
    const size = yield* sizeOf(path)
    if (last.bytes > size && !has("goneIsEmpty"))
      return yield* failed(new SinkError.StagedDataDamaged({ path, problem: `has only ${size} bytes` }))
    const isKept = Option.isNone(known) ? has("keepsGivenUp") : has("noTruncation")
    const file = yield* DurableFile.append(path, isKept ? size : Math.min(last.bytes, size)).pipe(
      has("noSync") ? Effect.provideService(FileSystem.FileSystem, withoutSync(fs)) : (opened) => opened
    )
    const isProven = last.bytes === 0 || isKept || file.sha256() === last.sha256
    if (!isProven && !has("noChecksum") && !has("goneIsEmpty"))
      return yield* failed(new SinkError.StagedDataDamaged({ path, problem: "has another content" }))
    const held: Array<string> = []
    const hash = has("flushesAtClose") ? createHash("sha256").update(yield* fs.readFile(path)) : undefined
    const write = (lines: ReadonlyArray<string>) =>
      Effect.forEach(lines, (line) => file.writeText(`${line}\n`), { discard: true })
    // Bypasses the file system in which a rule causes failures: only a kill reveals this fault.
    const settle = Effect.sync(() =>
      appendFileSync(
        path,
        held
          .splice(0)
          .map((line) => `${line}\n`)
          .join("")
      )
    )
    if (has("flushesAtClose")) yield* Effect.addFinalizer(() => settle)
    return {
      add: (lines) => {
        if (!has("flushesAtClose")) return write(lines)
        held.push(...lines)
        for (const line of lines) hash?.update(`${line}\n`)
        return Effect.void
      },
      flush: Effect.gen(function* () {
        const waiting = held.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0)
        const bytes = yield* file.flush.pipe(
          has("forgetsFailure")
            ? Effect.catch(() => Effect.as(fs.truncate(path, last.bytes), last.bytes))
            : (flushed) => flushed
        )
        return {
          bytes: bytes + waiting - (has("countsSinceOpened") ? last.bytes : 0),
          sha256: hash?.copy().digest("hex") ?? file.sha256(),
          ...(has("pathInReceipt") && { path })
        }
      }),
      lines: Effect.gen(function* () {
        yield* has("flushesAtClose") ? settle : file.flush
        return (yield* fs.readFileString(path)).split("\n").slice(0, -1)
      })
    }
  })

// internal

const sizeOf = (path: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    return (yield* fs.exists(path)) ? Number((yield* fs.stat(path)).size) : 0
  })

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
