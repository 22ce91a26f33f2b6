import { Sqlite } from "@chatferry/connector"
import { SinkError } from "@chatferry/core"
import { SystemProblem } from "@chatferry/core/errors"
import { DurableFile, NdjsonLines, Sha256 } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Stream from "effect/Stream"
import * as Limits from "../../StreamImportLimits.ts"
import { failed, writeFailed } from "../format/failures.ts"
import * as Ids from "../format/ids.ts"
import type { Settings } from "../format/settings.ts"

/** The ids of an earlier run that would differ now, and the hash of its id map. */
export interface EarlierIds {
  /** Empty without a map. */
  readonly sha256: string
  readonly users: ReadonlyMap<string, Ids.Mapped>
  readonly messages: ReadonlyMap<string, string>
}

/** A line of an id map. */
interface Entry {
  readonly kind: "user" | "channel" | "message"
  readonly sourceId: string
  /** `null` for a channel that is identified by its members. */
  readonly streamId: string | null
  readonly rule: string
  readonly type?: string
  readonly memberIds?: ReadonlyArray<string>
}

/** Maps ids of users and messages to their ids in Stream. */
export interface Mapping {
  readonly user: (source: string) => Ids.Mapped
  readonly message: (source: string) => string
}

/** Maps ids like an earlier run, and ids that it did not have by the rules. */
export const makeMapping = ({ userIds }: Settings, { messages, users }: EarlierIds): Mapping => {
  const byRule = Ids.makeUserIds(userIds)
  return {
    user: users.size === 0 ? byRule : (source) => users.get(source) ?? byRule(source),
    message: messages.size === 0 ? Ids.messageId : (source) => messages.get(source) ?? Ids.messageId(source)
  }
}

/** Attaches the map as `earlier.entry`; without a map, the table is empty. */
export const attach = (database: Sqlite.Database, { idMap }: Settings, path: string): void =>
  database.exec(`ATTACH ${Sqlite.quote(idMap === undefined ? ":memory:" : path)} AS earlier; ${SCHEMA}`)

/** The name of the database in the state folder. */
export const FILE = "earlier.db"

/** Reads the map into a separate database in the state folder, and checks it. */
export const load = (
  settings: Settings,
  directory: string
): Effect.Effect<EarlierIds, SinkError.SinkError, FileSystem.FileSystem | Path.Path> =>
  Effect.scoped(
    Effect.gen(function* () {
      if (settings.idMap === undefined) return NONE
      const fs = yield* FileSystem.FileSystem
      const path = (yield* Path.Path).join(directory, FILE)
      yield* Effect.catchTag(
        Effect.gen(function* () {
          yield* DurableFile.makeDirectory(directory)
          yield* DurableFile.awaited(fs.remove(path, { force: true }))
          yield* Effect.scoped(fs.open(path, { flag: "a", mode: 0o600 }))
        }),
        "PlatformError",
        (cause) => writeFailed(settings, path, cause)
      )
      const database = yield* Effect.acquireRelease(
        SinkError.attempt(settings.name, path, () => Sqlite.open(":memory:", directory)),
        (database) => Effect.sync(() => database.close())
      )
      const add = yield* SinkError.attempt(settings.name, path, () => {
        database.exec(`ATTACH ${Sqlite.quote(path)} AS earlier; ${SCHEMA}; BEGIN`)
        return makeAdd(database)
      })
      const earlier = yield* readMap(settings, settings.idMap, path, add)
      yield* SinkError.attempt(settings.name, path, () => database.exec("COMMIT"))
      return earlier
    })
  )

/** Reads the map for a thread that only encodes. That its ids are unique is checked by `load`. */
export const read = (
  settings: Settings
): Effect.Effect<EarlierIds, SinkError.SinkError, FileSystem.FileSystem> =>
  settings.idMap === undefined
    ? Effect.succeed(NONE)
    : readMap(settings, settings.idMap, settings.idMap, () => true)

// internal

// The ids in Stream must be unique per kind, those of channels per type.
const SCHEMA = `CREATE TABLE IF NOT EXISTS earlier.entry (kind TEXT NOT NULL, source TEXT NOT NULL, stream TEXT,
  rule TEXT NOT NULL, type TEXT NOT NULL, members TEXT, PRIMARY KEY (kind, source)) WITHOUT ROWID;
  CREATE UNIQUE INDEX IF NOT EXISTS earlier.entry_by_stream ON entry (kind, stream, type, members)`

const NONE: EarlierIds = { sha256: "", users: new Map(), messages: new Map() }

/** Returns false if the entry, or its id in Stream, is there already. */
type Add = (entry: Entry) => boolean

const makeAdd = (database: Sqlite.Database): Add => {
  const insert = database.prepare("INSERT OR IGNORE INTO earlier.entry VALUES (?, ?, ?, ?, ?, ?)")
  return ({ kind, memberIds, rule, sourceId, streamId, type }) => {
    const members = memberIds === undefined ? "" : JSON.stringify(memberIds.toSorted())
    return insert.run(kind, sourceId, streamId ?? "", rule, type ?? "", members) > 0
  }
}

/** Reads and checks all lines. `path` is what a failure of `add` names. */
const readMap = Effect.fnUntraced(function* (
  settings: Settings,
  idMap: string,
  path: string,
  add: Add
): Effect.fn.Return<EarlierIds, SinkError.SinkError, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  const hash = Sha256.running()
  const found = { users: new Map<string, Ids.Mapped>(), messages: new Map<string, string>() }
  const check = makeCheck(settings, add, found)
  const wrong = (problem: string) =>
    failed(settings, new SinkError.InvalidConfig({ setting: "idMap", problem: `${idMap}${problem}` }))
  const parts = fs.stream(idMap).pipe(
    Stream.tap((bytes) => Effect.sync(() => hash.update(bytes))),
    NdjsonLines.decode()
  )
  yield* Stream.runForEach(parts, (part) =>
    Effect.flatMap(
      SinkError.attempt(settings.name, path, () => {
        for (const [index, value] of part.values.entries()) {
          const problem = part.failures.get(index) ?? check(value)
          if (problem !== undefined) return `, line ${part.lineOf(index)}: ${problem}`
        }
        return undefined
      }),
      (problem) => (problem === undefined ? Effect.void : wrong(problem))
    )
  ).pipe(
    Effect.catchTag("PlatformError", (cause) => {
      const problem = SystemProblem.wrongPathOf(cause) ?? `cannot be read: ${SystemProblem.wordsOf(cause)}`
      return wrong(` ${problem}`)
    })
  )
  return { sha256: hash.hex(), ...found }
})

/** Makes the check of an entry, which returns what is wrong with it, and keeps the ids that would differ now. */
const makeCheck = (
  { userIds }: Settings,
  add: Add,
  found: { readonly users: Map<string, Ids.Mapped>; readonly messages: Map<string, string> }
) => {
  const overrides = new Map(Object.entries(userIds))
  const byRule = Ids.makeUserIds({})
  return (value: unknown): string | undefined => {
    const entry = readEntry(value)
    if (entry === undefined) return "not an entry of an id map"
    const { kind, rule, sourceId, streamId } = entry
    if (!add(entry)) return `the ${kind} is listed twice, or another ${kind} has the same id in Stream`
    if (kind === "user" && streamId !== null) {
      const override = overrides.get(sourceId)
      if (override !== undefined && override !== streamId) return "userIds gives the user a different id"
      if (byRule(sourceId).id !== streamId)
        found.users.set(sourceId, { id: streamId, rule: rule as Ids.Mapped["rule"] })
    }
    if (kind === "message" && streamId !== null && Ids.messageId(sourceId) !== streamId) {
      found.messages.set(sourceId, streamId)
    }
    return undefined
  }
}

const RULES: ReadonlySet<unknown> = new Set(["same", "override", "stripped", "hashed", "member_ids"])
const PATTERNS = { user: Limits.userId, channel: Limits.channelId, message: /^[^,%\0]{1,255}$/ } as const

const isText = (value: unknown): value is string => typeof value === "string" && value !== ""

const readEntry = (value: unknown): Entry | undefined => {
  if (typeof value !== "object" || value === null) return undefined
  const { kind, memberIds, rule, sourceId, streamId, type } = value as Record<string, unknown>
  if (kind !== "user" && kind !== "channel" && kind !== "message") return undefined
  if (!isText(sourceId) || !Ids.isStorable(sourceId) || !RULES.has(rule)) return undefined
  const isChannel = kind === "channel"
  if (isChannel !== (isText(type) && Limits.channelType.test(type))) return undefined
  const isSet = rule === "member_ids"
  if (isSet && !(isChannel && streamId === null && isUserIds(memberIds))) return undefined
  if (!isSet && !(isText(streamId) && PATTERNS[kind].test(streamId) && memberIds === undefined))
    return undefined
  return value as unknown as Entry
}

const isUserIds = (value: unknown) =>
  Array.isArray(value) && value.length > 0 && value.every((id) => isText(id) && Limits.userId.test(id))
