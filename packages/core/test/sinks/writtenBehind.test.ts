/** Blocks that are written while the next ones are filled. */
import { Entity, Sink } from "@chatferry/core"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, FileSystem, Layer, PlatformError } from "effect"
import { completion, contents, entities, folders, opened, reasonOf, type Services } from "./sessions.ts"

/** A record is a line of two megabytes, so that each batch fills blocks. */
const linesOf = (directory: string): Sink.Sink<Services> => ({
  name: "lines",
  fields: Sink.allOf(["user", "message"]),
  fingerprint: {},
  divide: () => ({
    directory,
    phases: [
      {
        name: "lines",
        after: [],
        parts: "segment",
        open: (task) =>
          Effect.succeed({
            write: (records) =>
              Effect.sync(() => {
                for (const record of records) {
                  task.line("lines", lineOf(record))
                  task.book.written(record._tag, 1)
                }
              })
          })
      }
    ],
    publish: (output) => output.publish({})
  })
})

const lineOf = (record: Entity.Entity) => Entity.key(record).padEnd(2_000_000, "x")

const [one, two, three] = [entities.slice(0, 1), entities.slice(1, 2), entities.slice(2, 3)]

/** A file system whose writes of blocks go through `block`. */
const writing = (block: (write: Effect.Effect<void, PlatformError.PlatformError>) => typeof write) =>
  Layer.effect(
    FileSystem.FileSystem,
    Effect.map(FileSystem.FileSystem, (fs) => ({
      ...fs,
      open: (path, options) =>
        Effect.map(fs.open(path, options), (file) => ({
          ...file,
          stat: file.stat,
          sync: file.sync,
          truncate: (length) => file.truncate(length),
          writeAll: (bytes) => (bytes.length < 1_000_000 ? file.writeAll(bytes) : block(file.writeAll(bytes)))
        }))
    }))
  )

const full = PlatformError.systemError({
  _tag: "Unknown",
  module: "File",
  method: "write",
  description: "ENOSPC"
})

it.layer(NodeServices.layer)("blocks of a sink's files", (it) => {
  it.effect("are written one after the other, while the next one is filled", () =>
    Effect.gen(function* () {
      const at = yield* folders
      const mayEnd = yield* Deferred.make<void>()
      const log: Array<string> = []
      const slow = writing((write) =>
        Effect.suspend(() => {
          log.push("begun")
          return Deferred.await(mayEnd).pipe(
            Effect.andThen(write),
            Effect.tap(() => Effect.sync(() => log.push("ended")))
          )
        })
      )
      yield* opened(linesOf(at.out), at, {}, (session) =>
        Effect.gen(function* () {
          yield* session.write(one)
          log.push("one")
          const second = yield* Effect.forkChild(session.write(two), { startImmediately: true })
          yield* Effect.yieldNow
          assert.deepStrictEqual(log, ["begun", "one"])
          yield* Deferred.succeed(mayEnd, undefined)
          yield* Fiber.join(second)
          yield* session.write(three)
          yield* session.commit
          assert.deepStrictEqual(log, ["begun", "one", "ended", "begun", "ended", "begun", "ended"])
          yield* session.end(() => Effect.void)
          yield* session.publish(completion)
        })
      ).pipe(Effect.provide(slow))
      const lines = [...one, ...two, ...three].map((record) => `${lineOf(record)}\n`)
      assert.isTrue((yield* contents(at.out))["lines"] === lines.join(""))
    })
  )

  it.effect("are not committed after one could not be written, even if writing works again", () =>
    Effect.gen(function* () {
      const at = yield* folders
      let isFull = true
      const failing = writing((write) => Effect.suspend(() => (isFull ? Effect.fail(full) : write)))
      yield* opened(linesOf(at.out), at, {}, (session) =>
        Effect.gen(function* () {
          yield* session.write(one)
          isFull = false
          for (const after of [session.write(two), session.commit, session.write(three), session.commit]) {
            const reason = yield* reasonOf(after)
            assert.strictEqual(reason._tag, "WriteFailed")
            assert.include(reason.message, "ENOSPC")
          }
        })
      ).pipe(Effect.provide(failing))
    })
  )
})
