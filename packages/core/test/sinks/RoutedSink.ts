/** A sink of three phases: messages by buckets, an index of them that gets rows, and a list of users that gets records later. */
import { Sink, type SinkError } from "@chatferry/core"
import { type Phase } from "@chatferry/core/run"
import { Effect, type FileSystem, type Path, Stream } from "effect"

export interface Options {
  /** @default all pieces, with the messages once more in capitals */
  readonly publish?: Phase.Division<FileSystem.FileSystem | Path.Path>["publish"]
  /** Called when a writer of a phase is opened. */
  readonly onOpen?: (phase: string, part: number) => void
}

export const MESSAGES = "messages.ndjson"
export const LOUD = "loud.ndjson"
export const INDEX = "index.ndjson"
export const USERS = "users.ndjson"

export const make = (
  directory: string,
  { onOpen = () => undefined, publish = publishAll }: Options = {}
): Sink.Sink<FileSystem.FileSystem | Path.Path> => ({
  name: "routed",
  fields: Sink.allOf(["user", "message"]),
  fingerprint: {},
  divide: (buckets) => ({
    directory,
    phases: [
      {
        name: "messages",
        after: [],
        parts: buckets,
        route: (entity, send) => {
          if (entity._tag === "message") send(bucketOf(entity.channelId, buckets), entity)
        },
        open: (task) =>
          Effect.as(
            Effect.sync(() => onOpen("messages", task.part)),
            messages(task)
          )
      },
      {
        name: "users",
        after: ["index"],
        parts: 1,
        route: (entity, send) => {
          if (entity._tag === "user") send(0, entity)
        },
        open: (task) =>
          Effect.as(
            Effect.sync(() => onOpen("users", task.part)),
            users(task)
          )
      },
      {
        name: "index",
        after: ["messages"],
        parts: 2,
        // It gets rows of both kinds: those that are sent while reading come first.
        route: (entity, send) => {
          if (entity._tag === "message" && entity.userId === undefined) send(0, { row: entity.id })
        },
        open: (task) =>
          Effect.as(
            Effect.sync(() => onOpen("index", task.part)),
            index(task)
          )
      }
    ],
    publish
  })
})

const publishAll = (output: Phase.Output) =>
  Effect.gen(function* () {
    const files = yield* Effect.forEach(output.pieces, ({ name }) => output.join(name))
    const loud = yield* output.join(MESSAGES, { file: LOUD, through: capitals })
    return yield* output.publish({
      files: [...files, loud],
      details: { messages: output.ends("messages").reduce((sum: number, count) => sum + Number(count), 0) },
      mayBeEmpty: true
    })
  })

// internal

const bucketOf = (id: string, buckets: number) =>
  Array.from(id).reduce((sum, char) => sum + (char.codePointAt(0) ?? 0), 0) % buckets

const capitals = (bytes: Stream.Stream<Uint8Array, SinkError.SinkError>) =>
  Stream.map(bytes, (chunk) => Buffer.from(Buffer.from(chunk).toString("utf8").toUpperCase()))

const messages = (task: Phase.Task): Phase.Writer => {
  let written = task.receipt._tag === "Some" ? Number(task.receipt.value) : 0
  return {
    write: (records) =>
      Effect.sync(() => {
        for (const record of records) {
          if (record._tag !== "message") continue
          task.line(MESSAGES, JSON.stringify({ no: ++written, bucket: task.part, message: record.id }))
          task.book.written("message", 1)
          task.emit("index", written % 2, { message: record.id })
        }
      }),
    flush: Effect.sync(() => written),
    end: Effect.sync(() => written)
  }
}

const index = (task: Phase.Task): Phase.Writer => {
  const rows: Array<string> = []
  return {
    write: () => Effect.void,
    row: (from, row) => Effect.sync(() => void rows.push(JSON.stringify({ from, row }))),
    end: Effect.sync(() => {
      for (const row of rows) task.line(INDEX, row)
      return rows.length
    })
  }
}

const users = (task: Phase.Task): Phase.Writer => ({
  write: (records) =>
    Effect.sync(() => {
      for (const record of records) {
        task.line(USERS, JSON.stringify(record))
        task.book.written("user", 1)
      }
    })
})
