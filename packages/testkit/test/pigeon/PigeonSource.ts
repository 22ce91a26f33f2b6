// A source of folders of lines, one partition per file. It keeps the contract unless it has a fault.
import { createHash, type Hash } from "node:crypto"
import { openSync } from "node:fs"
import { Consequence, type Entity, Source, SourceError } from "@chatferry/core"
import { RejectedLine } from "@chatferry/core/run"
import { Effect, FileSystem, Option, Path, Schema, Stream } from "effect"
import { type Line, map } from "./mapping.ts"

/** Each is a realistic mistake of an author. */
export const FAULTS = {
  unendedLine: "loses the last line when the file does not end in a line feed",
  shortBatch: "loses the last, short batch of each file",
  skipsOnResume: "skips one line when it is resumed",
  bigintPosition: "has a bigint in its positions",
  randomOrder: "lists its partitions in a random order",
  directoryOrder: "lists its partitions in the order of the folder",
  swallowsReads: "ends silently at an unreadable file",
  skipsBadJson: "skips lines that are not JSON without a reject",
  idleKind: "declares a kind it never gives",
  wrongRejectKind: "rejects under the wrong kind",
  wholeFile: "reads a whole file at once",
  leaksHandles: "leaves files open",
  noBytes: "counts no bytes",
  tokenInFingerprint: "has the token in its fingerprint",
  keepsToken: "leaves a session token in the record",
  settingNotInFingerprint: "has a fingerprint that lacks a setting",
  timeAsFingerprint: "has the time of the file as the partition's fingerprint",
  pathInFingerprint: "has the absolute path in its fingerprint",
  uninterruptible: "cannot be interrupted",
  endlessRetry: "retries a failing read endlessly without a pause",
  foreignAsStart: "mistakes a foreign position for the start",
  fileAsLocation: "names only the file as the location of a reject",
  linesFromZero: "counts lines from 0 in the locations of rejects",
  racing: "gives records in the order of completion",
  localTimes: "reads times without an offset in the machine's time zone",
  roundedIds: "rounds ids above 2^53",
  cutTimes: "cuts off digits of times below a millisecond",
  anyContent: "accepts a position of different content",
  tinyBatches: "puts one record into each batch",
  noteOnResume: "counts a note again at each resume",
  sentenceAsCode: "rejects with a sentence as the code",
  undefinedFields: "gives undefined fields instead of leaving them out",
  growingPosition: "has everything it has read in its positions",
  failsAtEnd: "fails at the last position instead of giving nothing",
  pathInLocation: "names the folders of the machine in its locations",
  lateKinds: "adds a kind to its declaration later",
  missingIsEmpty: "mistakes a missing folder for an empty one",
  mangledReference: "changes the users of reactions",
  shortReadIsEnd: "mistakes a short read for the end of the file",
  rawErrors: "lets an error of the file system through",
  tokenInError: "has the token in its errors",
  forgetsChannel: "forgets between two batches which channel a file is about"
} as const
export type Fault = keyof typeof FAULTS

export interface Config {
  readonly directory: string
  readonly token: string
  readonly keepText: boolean
  readonly batchRecords?: number
}

type Failure = SourceError.SourceError
export type Needs = FileSystem.FileSystem | Path.Path

const NAME = "pigeon"
/** Maximum number of records in a batch, unless a setting says otherwise. */
const BATCH = 7
const CHUNK = 300
const At = Schema.Struct({ offset: Schema.Int, line: Schema.Int, read: Schema.String, room: Schema.String })
const decodeAt = Schema.decodeUnknownOption(At)
const START = { offset: 0, line: 0, read: "", room: "" }

const { make: declare } = Consequence
const consequences = [
  ...["missing_id", "invalid_json", "invalid_time", "unknown_kind"].map((code) =>
    declare(code, { effect: "lost", says: "lines that cannot be read" })
  ),
  declare("token_dropped", { effect: "left_out_on_purpose", says: "tokens of sessions" }),
  declare("opened", { effect: "information", says: "files that were opened" })
]

export const make = (config: Config, fault?: Fault): Source.Source<Needs> => {
  const has = (one: Fault) => one === fault
  const fail = (reason: SourceError.SourceErrorReason) =>
    Effect.fail(new SourceError.SourceError({ source: NAME, reason }))
  const lift =
    (path: string) =>
    <A, E, R>(effect: Effect.Effect<A, E, R>) =>
      Effect.catchTag(effect as Effect.Effect<A, E | PlatformFailure, R>, "PlatformError", (cause) =>
        has("rawErrors")
          ? Effect.fail(cause as never)
          : fail(
              new SourceError.ReadFailed({
                path: has("tokenInError") ? `${path}?token=${config.token}` : path,
                cause
              })
            )
      ) as Effect.Effect<A, Failure, R>
  const kinds: ReadonlyArray<Entity.Kind> = ["user", "channel", "member", "message", "reaction"]
  const listed = Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const found = fs.readDirectory(config.directory)
    const names = yield* has("missingIsEmpty")
      ? Effect.catchReason(found, "PlatformError", "NotFound", () => Effect.succeed([]))
      : found
    const own = names.filter((name) => name.endsWith(".jsonl"))
    if (has("directoryOrder")) return own
    return has("randomOrder") ? own.toSorted(() => Math.random() - 0.5) : own.toSorted()
  })
  return Source.make({
    name: NAME,
    kinds: new Set(
      has("lateKinds") && config.token === "" ? [] : has("idleKind") ? [...kinds, "failed_webhook"] : kinds
    ),
    consequences,
    rejected: RejectedLine.reader(NAME, (line) =>
      Effect.sync(() => {
        const bytes = RejectedLine.bytesOf(line.original)
        const text = bytes === undefined ? JSON.stringify(line.original) : Buffer.from(bytes).toString("utf8")
        return map([{ text, room: "", location: line.location }], config.keepText, has)
      })
    ),
    open: Effect.map(Effect.context<Needs>(), (services): Source.PartitionReader => ({
      fingerprint: {
        mapping: 1,
        ...(!has("settingNotInFingerprint") && { keepText: config.keepText }),
        ...(has("tokenInFingerprint") && { token: config.token }),
        ...(has("pathInFingerprint") && { directory: config.directory })
      },
      partitions: Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const path = yield* Path.Path
        return yield* Effect.forEach(yield* listed, (name) =>
          Effect.gen(function* () {
            const file = path.join(config.directory, name)
            const data = yield* fs.readFile(file)
            const fingerprint = has("timeAsFingerprint")
              ? JSON.stringify((yield* fs.stat(file)).mtime)
              : createHash("sha256").update(data).digest("hex")
            return { id: name, bytes: data.length, fingerprint }
          })
        )
      }).pipe(lift(config.directory), Effect.provideContext(services)),
      read: (partition, position) =>
        Source.batches(
          Effect.gen(function* () {
            const fs = yield* FileSystem.FileSystem
            const file = (yield* Path.Path).join(config.directory, partition.id)
            const found = Option.flatMap(position, decodeAt)
            if (Option.isSome(position) && Option.isNone(found) && !has("foreignAsStart"))
              return yield* fail(SourceError.foreignPosition(partition.id))
            const at = Option.getOrElse(found, () => START)
            const handle = yield* fs.open(file)
            if (has("leaksHandles")) openSync(file, "r")
            const hash = createHash("sha256")
            if (at.offset > 0) {
              if (has("failsAtEnd") && at.offset >= (partition.bytes ?? 0))
                return yield* fail(SourceError.foreignPosition(partition.id))
              yield* readUpTo(handle, at.offset, hash)
              if (!has("anyContent") && digest(hash) !== at.read)
                return yield* fail(SourceError.changedContent(partition.id))
            }
            return nextBatch({ at, config, file, handle, has, hash, id: partition.id }).pipe(
              has("uninterruptible") ? Effect.uninterruptible : (effect) => effect,
              has("swallowsReads") ? Effect.orElseSucceed(() => undefined) : (effect) => effect,
              has("endlessRetry") ? Effect.retry({ while: () => true }) : (effect) => effect,
              lift(file)
            )
          }).pipe(lift(config.directory))
        ).pipe(Stream.provideContext(services))
    }))
  })
}

// internal

interface PlatformFailure {
  readonly _tag: "PlatformError"
}

/** The line that begins a file about one channel. */
const ROOM = /^\{"kind":"in","room":"(\w+)"\}$/u

const digest = (hash: Hash) => hash.copy().digest("hex").slice(0, 16)

const readUpTo = (handle: FileSystem.File, end: number, hash: Hash) =>
  Effect.gen(function* () {
    for (let at = 0; at < end;) {
      const chunk = new Uint8Array(Math.min(4096, end - at))
      const size = yield* handle.read(chunk, { position: BigInt(at) })
      if (size === 0) return
      hash.update(chunk.subarray(0, size))
      at += size
    }
  })

const nextBatch = (state: {
  readonly at: typeof At.Type
  readonly config: Config
  readonly file: string
  readonly handle: FileSystem.File
  readonly has: (fault: Fault) => boolean
  readonly hash: Hash
  readonly id: string
}) => {
  const { at, config, file, handle, has, hash, id } = state
  let { line, offset, room } = at
  const most = config.batchRecords ?? BATCH
  let pending = Buffer.alloc(0)
  let isEnd = false
  let isSkipping = has("skipsOnResume") && offset > 0
  let isOpened = false
  const all: Array<unknown> = []
  return Effect.gen(function* () {
    const lines: Array<Line> = []
    const before = offset
    const take = (bytes: Buffer, end: number) => {
      const no = ++line - (has("linesFromZero") ? 1 : 0)
      const text = bytes.subarray(0, end).toString("utf8")
      room = ROOM.exec(text)?.[1] ?? room
      if (!isSkipping) lines.push({ text, room, location: has("fileAsLocation") ? id : `${id}:line ${no}` })
      isSkipping = false
      hash.update(bytes)
      offset += bytes.length
      pending = pending.subarray(bytes.length)
    }
    while (lines.length < (has("tinyBatches") ? 1 : most)) {
      const cut = pending.indexOf(10)
      if (cut >= 0) take(pending.subarray(0, cut + 1), cut)
      else if (isEnd) {
        if (pending.length > 0) {
          const lost = lines.length
          take(pending, pending.length)
          if (has("unendedLine")) lines.length = lost
        }
        break
      } else {
        const chunk = new Uint8Array(has("wholeFile") ? (1 << 24) + 1 : CHUNK)
        const size = yield* handle.read(chunk, { position: BigInt(offset + pending.length) })
        isEnd = size === 0 || (has("shortReadIsEnd") && size < CHUNK)
        pending = Buffer.concat([pending, chunk.subarray(0, size)])
      }
    }
    if (offset === before || (has("shortBatch") && lines.length < most)) return undefined
    if (has("racing")) {
      const done = lines.splice(0)
      yield* Effect.forEach(
        done,
        (one) =>
          Effect.andThen(
            Effect.sleep(Math.random() * 3),
            Effect.sync(() => lines.push(one))
          ),
        { concurrency: "unbounded" }
      )
    }
    const mapped = map(lines, config.keepText, has)
    const notes = has("noteOnResume") && !isOpened ? { ...mapped.notes, opened: 1 } : mapped.notes
    isOpened = true
    all.push(...mapped.records.map((record) => "x".repeat(JSON.stringify(record).length)))
    const position: unknown = {
      offset: has("bigintPosition") ? BigInt(offset) : offset,
      line,
      read: digest(hash),
      room: has("forgetsChannel") ? "" : room,
      ...(has("growingPosition") && { all: [...all] })
    }
    return {
      ...mapped,
      notes,
      position: position as Source.Position,
      bytes: has("noBytes") ? 0 : offset - before,
      location: has("pathInLocation") ? `${file}:line ${line}` : `line ${line}`
    }
  })
}
