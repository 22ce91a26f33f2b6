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
      const { idMap } = settings
      if (idMap === undefined) return { sha256: "", users: new Map(), messages: new Map() }
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
        return makeAdd(database, settings)
      })
      const hash = Sha256.running()
      const found = { users: new Map<string, Ids.Mapped>(), messages: new Map<string, string>() }
      const wrong = (line: number, problem: string) =>
        failed(
          settings,
          new SinkError.InvalidConfig({ setting: "idMap", problem: `${idMap}, line ${line}: ${problem}` })
        )
      const parts = fs.stream(idMap).pipe(
        Stream.tap((bytes) => Effect.sync(() => hash.update(bytes))),
        NdjsonLines.decode()
      )
      yield* Stream.runForEach(parts, (part) =>
        Effect.flatMap(
          SinkError.attempt(settings.name, path, () => {
            for (const [index, value] of part.values.entries()) {
              const problem = part.failures.get(index) ?? add(value, found)
              if (problem !== undefined) return { line: part.lineOf(index), problem }
            }
            return undefined
          }),
          (wrongLine) => (wrongLine === undefined ? Effect.void : wrong(wrongLine.line, wrongLine.problem))
        )
      ).pipe(
        Effect.catchTag("PlatformError", (cause) => {
          const problem =
            SystemProblem.wrongPathOf(cause) ?? `cannot be read: ${SystemProblem.wordsOf(cause)}`
          return failed(
            settings,
            new SinkError.InvalidConfig({ setting: "idMap", problem: `${idMap} ${problem}` })
          )
        })
      )
      yield* SinkError.attempt(settings.name, path, () => database.exec("COMMIT"))
      return { sha256: hash.hex(), ...found }
    })
  )

// internal

// The ids in Stream must be unique per kind, those of channels per type.
const SCHEMA = `CREATE TABLE IF NOT EXISTS earlier.entry (kind TEXT NOT NULL, source TEXT NOT NULL, stream TEXT,
  rule TEXT NOT NULL, type TEXT NOT NULL, members TEXT, PRIMARY KEY (kind, source)) WITHOUT ROWID;
  CREATE UNIQUE INDEX IF NOT EXISTS earlier.entry_by_stream ON entry (kind, stream, type, members)`

const makeAdd = (database: Sqlite.Database, { userIds }: Settings) => {
  const insert = database.prepare("INSERT OR IGNORE INTO earlier.entry VALUES (?, ?, ?, ?, ?, ?)")
  const overrides = new Map(Object.entries(userIds))
  const byRule = Ids.makeUserIds({})
  return (
    value: unknown,
    found: { readonly users: Map<string, Ids.Mapped>; readonly messages: Map<string, string> }
  ): string | undefined => {
    const entry = readEntry(value)
    if (entry === undefined) return "not an entry of an id map"
    const { kind, memberIds, rule, sourceId, streamId, type } = entry
    const members = memberIds === undefined ? "" : JSON.stringify(memberIds.toSorted())
    if (insert.run(kind, sourceId, streamId ?? "", rule, type ?? "", members) === 0) {
      return `the ${kind} is listed twice, or another ${kind} has the same id in Stream`
    }
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
