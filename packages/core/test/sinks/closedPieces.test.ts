/** Pieces that a writer closes, renames and discards, in runs that are killed. */
import { Entity, Sink } from "@chatferry/core"
import { type Phase } from "@chatferry/core/run"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Option } from "effect"
import { contents, entities, finish, folders, opened, published, type Services, write } from "./sessions.ts"

/** Ten lines per piece. The rest gets its name at the end, and an empty piece is discarded there. */
const sinkOf =
  (parts: "segment" | number) =>
  (directory: string): Sink.Sink<Services> => ({
    name: "numbered",
    fields: Sink.allOf(["user", "message"]),
    fingerprint: {},
    divide: () => ({
      directory,
      phases: [
        {
          name: "lines",
          after: [],
          parts,
          ...(typeof parts === "number" && {
            route: (entity, send) => send(Entity.key(entity).length % parts, entity)
          }),
          open: (task) => Effect.succeed(numbered(task))
        }
      ],
      publish: (output) => output.publish({})
    })
  })

const numbered = (task: Phase.Task): Phase.Writer => {
  const found = Option.getOrElse(task.receipt, () => ({ lines: 0, held: [] })) as {
    readonly lines: number
    readonly held: ReadonlyArray<string>
  }
  let { lines } = found
  let held = [...found.held]
  return {
    write: (records) =>
      Effect.gen(function* () {
        for (const record of records) {
          task.book.written(record._tag, 1)
          held.push(Entity.key(record))
          if (held.length < 10) continue
          lines += 10
          const piece = `lines-${String(lines).padStart(4, "0")}`
          for (const line of held) task.line(piece, line)
          held = []
          const closed = yield* task.close(piece)
          assert.deepStrictEqual([closed.name, closed.records], [piece, 10])
        }
      }),
    flush: Effect.sync(() => ({ lines, held: [...held] })),
    end: Effect.gen(function* () {
      for (const line of held) task.line("rest", line)
      const { records } = yield* task.close("rest")
      if (records === 0) yield* task.discard("rest")
      else yield* task.rename("rest", "lines-rest")
      return null
    })
  }
}

const lengths = [...Array.from({ length: 12 }, (_, i) => i), 50, 55, 120]

it.layer(NodeServices.layer)("pieces that are closed", (it) => {
  it.effect.each(["segment", 3] as const)("are the same after a kill at any receipt (parts: %s)", (parts) =>
    Effect.gen(function* () {
      const make = sinkOf(parts)
      for (const length of lengths.slice(1)) {
        const records = entities.slice(0, length)
        const expected = yield* published(make, records)
        const at = yield* folders
        const half = Math.floor(length / 2)
        // The second run ends all of its writers, and its last receipts are lost.
        const early = yield* opened(make(at.out), at, {}, (session) =>
          Effect.gen(function* () {
            yield* write(session, records.slice(0, half))
            return yield* session.commit
          })
        )
        const late = yield* opened(make(at.out), at, { receipt: early }, (session) =>
          Effect.gen(function* () {
            yield* write(session, records.slice(half))
            const reached = yield* session.commit
            yield* session.end(() => Effect.void)
            return reached
          })
        )
        yield* opened(make(at.out), at, { receipt: late }, (session) => finish(session, []))
        assert.deepStrictEqual(yield* contents(at.out), expected.files)
      }
    })
  )

  it.effect("that were closed are not opened again", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const make = sinkOf("segment")
      const at = yield* folders
      const receipt = yield* opened(make(at.out), at, {}, (session) =>
        Effect.andThen(write(session, entities), session.commit)
      )
      const count = Effect.map(fs.readDirectory("/proc/self/fd"), (names) => names.length)
      const before = yield* count
      const during = yield* opened(make(at.out), at, { receipt }, () => count)
      assert.isAtMost(during - before, 2)
    })
  )
})
