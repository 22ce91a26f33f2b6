// A sink of users, and of messages followed by their reactions. It keeps the contract unless it has a fault.
import { appendFileSync, openSync } from "node:fs"
import { Consequence, Entity, Rejected, Sink, SinkError } from "@chatferry/core"
import { type Phase } from "@chatferry/core/run"
import { Effect, FileSystem, type Path, type PlatformError } from "effect"
import type { Fault } from "./sinkFaults.ts"
import * as Spool from "./Spool.ts"

export { type Fault, FAULTS } from "./sinkFaults.ts"

export interface Config {
  readonly directory: string
  readonly token: string
  readonly maxText: number
}

const NAME = "pigeon"
const [USERS, MESSAGES] = ["users.jsonl", "messages.jsonl"]
const KINDS: ReadonlyArray<Entity.Kind> = ["user", "channel", "member", "message", "reaction"]
const TEXT_TOO_LONG = Consequence.make("text_too_long", {
  effect: "lost",
  says: "messages that are too long"
})
const NO_MESSAGE = Consequence.make("no_message", { effect: "lost", says: "reactions to no message" })
const DELETED = Consequence.make("deleted", { effect: "left_out_on_purpose", says: "deleted messages" })
const AGAIN = Consequence.make("again", { effect: "information", says: "repeated records" })
/** Belongs to no run, which is a fault. */
const ever = new Set<string>()

export const make = (config: Config, fault?: Fault): Sink.Sink<FileSystem.FileSystem | Path.Path> => {
  const { directory, maxText, token } = config
  const has = (one: Fault) => one === fault
  return {
    name: NAME,
    fields: Sink.allOf(has("hiddenKind") ? ["message"] : KINDS),
    consequences: [TEXT_TOO_LONG, NO_MESSAGE, DELETED, AGAIN],
    fingerprint: {
      format: 1,
      ...(!has("settingNotInFingerprint") && { maxText }),
      ...(has("tokenInFingerprint") && { token }),
      ...(has("pathInFingerprint") && { directory })
    },
    divide: (buckets) => ({
      directory,
      files: [USERS, MESSAGES],
      phases: [
        { name: "users", after: [], parts: "segment", open: (task) => Effect.succeed(users(task, has)) },
        {
          name: "messages",
          after: [],
          parts: buckets,
          route: (entity, send) => {
            const id = messageOf(entity)
            if (id !== undefined) send(bucketOf(id, buckets), entity)
          },
          open: (task) => messages(task, config, has)
        }
      ],
      publish: (output) => publish(output, config, has)
    })
  }
}

// internal

type Has = (fault: Fault) => boolean

/** The message that an entity is, or belongs to. */
const messageOf = (entity: Entity.Entity) =>
  entity._tag === "message" ? entity.id : entity._tag === "reaction" ? entity.messageId : undefined

const bucketOf = (id: string, buckets: number) =>
  Array.from(id).reduce((sum, char) => (sum * 31 + (char.codePointAt(0) ?? 0)) % 1_000_003, 0) % buckets

const users = (task: Phase.Task, has: Has): Phase.Writer => ({
  write: (records) =>
    Effect.sync(() => {
      if (has("sortsInput"))
        (records as Array<Entity.Entity>).sort((a, b) => (a._tag < b._tag ? -1 : a._tag > b._tag ? 1 : 0))
      for (const record of records) {
        if (messageOf(record) !== undefined) continue
        if (record._tag === "member" && has("dropsMembers")) {
          task.book.add("member", "dropped", DELETED.code, 1)
          continue
        }
        if (has("changesEntity")) Object.assign(record, { isSeen: undefined })
        task.line(USERS, lineOf(record, has))
        task.book.written(record._tag, 1)
      }
    })
})

/** Lines wait in the bucket's own spool and are sorted at its end, in memory: buckets keep them small. */
const messages = (task: Phase.Task, config: Config, has: Has) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const lift = lifted(config, has)
    const folder = has("sharedSpool") ? task.directory.replace(/-\d+$/u, "") : task.directory
    const spool = yield* lift(Spool.open(NAME, folder, task.receipt, has))
    if (has("leaksHandles")) openSync(`${config.directory}/../leak`, "w")
    if (has("fixedSpool")) appendFileSync(`${config.directory}/../../../spool`, "x")
    const judge = makeJudge(task, config.maxText, has)
    const held: Array<string> = []
    const writer: Phase.Writer = {
      write: (records) =>
        Effect.gen(function* () {
          const before = held.splice(0)
          const { lines, rejected } = judge(records)
          if (!has("dropsRejects")) yield* task.reject(rejected)
          if (has("lastBatch") || has("writesAtEnd")) held.push(...lines)
          if (has("writesAtEnd")) held.unshift(...before)
          else yield* lift(spool.add(has("lastBatch") ? before : lines))
        }),
      flush: Effect.gen(function* () {
        const receipt = yield* lift(spool.flush)
        return has("mapInReceipt") ? { ...receipt, extra: new Map() as never } : receipt
      }),
      end: Effect.gen(function* () {
        yield* lift(spool.add(held.splice(0)))
        const lines = inOrder(yield* lift(spool.lines))
        if (has("noLineFeed") && lines.length > 0) task.append(MESSAGES, lines.join("\n"), lines.length)
        else for (const line of lines) task.line(MESSAGES, line)
        if (has("scratchFile")) yield* lift(fs.writeFileString(`${config.directory}/index.tmp`, "x"))
        return has("clockAtEnd") ? Date.now() : null
      })
    }
    return has("uninterruptible")
      ? { ...writer, end: Effect.uninterruptible(writer.end ?? Effect.succeed(null)) }
      : writer
  })

/** By message, and otherwise in the order of arrival. */
const inOrder = (lines: ReadonlyArray<string>): ReadonlyArray<string> => {
  const keyed = lines.map((line) => ({ line, id: messageOf(JSON.parse(line) as Entity.Entity) ?? "" }))
  return keyed.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)).map(({ line }) => line)
}

/** The outcome of each record. */
const makeJudge = (task: Phase.Task, maxText: number, has: Has) => {
  const { book } = task
  let written = 0
  return (records: ReadonlyArray<Entity.Entity>) => {
    const lines: Array<string> = []
    const rejected: Array<Rejected.Rejected> = []
    const seen = has("sharedBetweenRuns") ? ever : new Set<string>()
    for (const record of records) {
      const kind = record._tag
      const key = `${kind} ${Entity.key(record)}`
      if ((has("dedupInBatch") || has("sharedBetweenRuns")) && seen.has(key)) {
        book.add(kind, "merged", AGAIN.code, 1)
        continue
      }
      seen.add(key)
      if (record._tag === "message" && (record.text ?? "").length > maxText) {
        if (has("rejectedAsWritten")) book.written(kind, 1)
        if (has("dropsRejects") || has("rejectsTwice")) book.add(kind, "rejected", TEXT_TOO_LONG.code, 1)
        const message = has("quotesText")
          ? `too long: ${record.text?.slice(0, 40)}`
          : `its text is longer than ${maxText}`
        const one = Rejected.ofEntity(record, { code: TEXT_TOO_LONG.code, message })
        rejected.push(has("emptyLocation") ? { ...one, location: "" } : one)
      } else if (kind === "reaction" && has("orphanReactions")) {
        rejected.push(
          Rejected.ofEntity(record, { code: NO_MESSAGE.code, message: "its message is not there" })
        )
      } else if (record._tag === "message" && record.isDeleted === true) {
        if (!has("droppedUncounted")) book.add(kind, "dropped", DELETED.code, 1)
      } else if (has("inventedReason") && ++written % 100 === 0) {
        book.add(kind, "dropped", "other", 1)
      } else {
        if (!has("inventedReason")) written++
        lines.push(
          has("countNotInReceipt") ? lineOf({ ...record, no: written } as never, has) : lineOf(record, has)
        )
        book.written(kind, 1)
      }
    }
    return { lines, rejected }
  }
}

const publish = (output: Phase.Output, { directory, token }: Config, has: Has) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const manifest = `${directory}/manifest.json`
    if (has("manifestFirst") && !(yield* Effect.orDie(fs.exists(manifest))))
      yield* Effect.ensuring(
        Effect.ignore(fs.writeFileString(manifest, "{}")),
        Effect.ignore(fs.remove(manifest, { force: true }))
      )
    return yield* output.publish({
      details: {
        format: "pigeon-2",
        ...(has("tokenInManifest") && { token }),
        ...(has("zoneInManifest") && { epoch: new Date(0).toString() }),
        ...(has("clockAtEnd") && { ended: Number(output.ends("messages")[0]) })
      }
    })
  })

const lineOf = (entity: Entity.Entity, has: Has): string => {
  if (has("emptyLines"))
    return JSON.stringify({ _tag: entity._tag, id: messageOf(entity), messageId: messageOf(entity) })
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

/** Failures of the spool become failures of the sink. */
const lifted =
  ({ directory, token }: Config, has: Has) =>
  <A, R>(
    effect: Effect.Effect<A, SinkError.SinkError | PlatformError.PlatformError, R>
  ): Effect.Effect<A, SinkError.SinkError, R> =>
    Effect.catchTag(effect, "PlatformError", (cause) => {
      if (has("rawErrors")) return Effect.fail(cause as never)
      const path = has("tokenInError") ? `${directory}?token=${token}` : directory
      return Effect.fail(
        new SinkError.SinkError({ sink: NAME, reason: new SinkError.WriteFailed({ path, cause }) })
      )
    })
