/** Invalid divisions and mistakes of writers: each is rejected by name, before it can do harm. */
import { Sink, SinkError } from "@chatferry/core"
import { type Phase } from "@chatferry/core/run"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { entities, finish, type Folders, folders, opened, reasonOf, type Services } from "./sessions.ts"

type Phases = ReadonlyArray<Phase.Phase<Services>>

const SILENT: Phase.Writer = { write: () => Effect.void }

const phase = (name: string, more: Partial<Phase.Phase<Services>> = {}): Phase.Phase<Services> => ({
  name,
  after: [],
  parts: 1,
  open: () => Effect.succeed(SILENT),
  ...more
})

/** A phase whose writer does something with the first records that it gets. */
const doing = (
  name: string,
  act: (task: Phase.Task) => Effect.Effect<unknown, SinkError.SinkError> | void,
  more: Partial<Phase.Phase<Services>> = {}
) =>
  phase(name, {
    open: (task) =>
      Effect.succeed({
        write: () => Effect.suspend(() => Effect.asVoid(act(task) ?? Effect.void))
      }),
    ...more
  })

const sinkOf = (directory: string, phases: Phases): Sink.Sink<Services> => ({
  name: "wrong",
  fields: Sink.allOf(["user", "message"]),
  fingerprint: {},
  divide: () => ({ directory, phases, publish: (output) => output.publish({ mayBeEmpty: true }) })
})

const run = (at: Folders, phases: Phases) =>
  opened(sinkOf(at.out, phases), at, {}, (session) => finish(session, entities.slice(0, 10)))

const problemOf = (phases: Phases) =>
  Effect.gen(function* () {
    const reason = yield* reasonOf(run(yield* folders, phases))
    assert.instanceOf(reason, SinkError.InvalidConfig)
    assert.strictEqual(reason.setting, "divide")
    return reason.problem
  })

it.layer(NodeServices.layer)("a division", (it) => {
  it.effect.each<{ readonly problem: string; readonly phases: Phases }>([
    { problem: "names of phases must be unique, and must not be read", phases: [phase("a"), phase("a")] },
    { problem: "names of phases must be unique, and must not be read", phases: [phase("read")] },
    { problem: "a phase comes after b, which does not exist", phases: [phase("a", { after: ["b"] })] },
    {
      problem: "phases depend on each other",
      phases: [phase("a", { after: ["b"] }), phase("b", { after: ["a"] })]
    },
    { problem: "phases depend on each other", phases: [phase("a", { after: ["a"] })] },
    { problem: 'gives a phase the name "": it must be that of a file, without folders', phases: [phase("")] },
    {
      problem: 'gives a phase the name "../a": it must be that of a file, without folders',
      phases: [phase("../a")]
    },
    {
      problem: "gives a phase the name to, which the runner reserves: it needs another one",
      phases: [phase("to")]
    },
    { problem: "gives the phase a 0 parts: at least 1 is needed", phases: [phase("a", { parts: 0 })] },
    { problem: "gives the phase a 1.5 parts: at least 1 is needed", phases: [phase("a", { parts: 1.5 })] },
    {
      problem: "does not say which records go to which part of the phase a (route)",
      phases: [phase("a", { parts: 2 })]
    },
    {
      problem: "uses one folder, a-0, for the writers of a and a-0: one needs another name",
      phases: [phase("a", { parts: 2, route: () => undefined }), phase("a-0")]
    },
    {
      problem: "gives a phase the name pieces, which the runner reserves: it needs another one",
      phases: [phase("pieces")]
    },
    {
      problem: "gives a phase the name rows, which the runner reserves: it needs another one",
      phases: [phase("rows")]
    }
  ])("is rejected before anything is created: $problem", ({ phases, problem }) =>
    Effect.gen(function* () {
      const at = yield* folders
      const reason = yield* reasonOf(opened(sinkOf(at.out, phases), at, {}, () => Effect.void))
      assert.deepStrictEqual(reason, new SinkError.InvalidConfig({ setting: "divide", problem }))
      assert.isFalse(yield* (yield* FileSystem.FileSystem).exists(at.out))
    })
  )
})

it.layer(NodeServices.layer)("a writer", (it) => {
  it.effect.each<{ readonly message: string; readonly phases: Phases }>([
    {
      message: 'gives a piece the name "rooms/x": it must be that of a file, without folders',
      phases: [doing("a", (task) => task.line("rooms/x", "1"))]
    },
    {
      message: 'gives a piece the name "": it must be that of a file, without folders',
      phases: [doing("a", (task) => void task.append("", "1"))]
    },
    {
      message: "the phases a and b make the piece x: each piece must be made by one phase",
      phases: [doing("a", (task) => task.line("x", "1")), doing("b", (task) => task.line("x", "2"))]
    },
    {
      message: "the phases a and b make the piece x: each piece must be made by one phase",
      phases: [
        doing("a", (task) => task.line("x", "1")),
        doing("b", (task) => task.line("x", "2"), { parts: 2, route: (entity, send) => send(0, entity) })
      ]
    },
    {
      message: "a emits rows to c, which is not a phase after it",
      phases: [doing("a", (task) => task.emit("c", 0, 1)), phase("b", { after: ["a"] })]
    },
    {
      message: "a emits rows to b, which is not a phase after it",
      phases: [doing("a", (task) => task.emit("b", 0, 1)), phase("b")]
    },
    {
      message: "something is sent to part 1 of the phase b, whose parts are 0 to 0",
      phases: [doing("a", (task) => task.emit("b", 1, 1)), phase("b", { after: ["a"] })]
    },
    {
      message: "something is sent to part 2 of the phase a, whose parts are 0 to 1",
      phases: [phase("a", { parts: 2, route: (entity, send) => send(2, entity) })]
    },
    {
      message: "something is sent to part 0.5 of the phase a, whose parts are 0 to 1",
      phases: [phase("a", { parts: 2, route: (entity, send) => send(0.5, entity) })]
    },
    {
      message: "something is sent to part 0.5 of the phase b, whose parts are 0 to 1",
      phases: [doing("a", (task) => task.emit("b", 0.5, 1)), phase("b", { after: ["a"], parts: 2 })]
    },
    {
      message: "something is sent to part -1 of the phase b, whose parts are 0 to 0",
      phases: [phase("b", { after: ["c"], route: (entity, send) => send(-1, entity) }), phase("c")]
    },
    {
      message: "records are sent to a phase whose writers only receive rows (write)",
      phases: [phase("a", { open: () => Effect.succeed({ rows: () => Effect.void }) })]
    },
    {
      message: "records are sent to a phase whose writers only receive rows (write)",
      phases: [
        phase("a", {
          route: (entity, send) => send(0, entity),
          open: () => Effect.succeed({ rows: () => Effect.void })
        })
      ]
    },
    {
      message: "rows are sent to a phase whose writers only receive records (row)",
      phases: [phase("a", { route: (_, send) => send(0, { row: 1 }) })]
    },
    {
      message: "something is added to a/0/x, which is closed",
      phases: [
        doing("a", (task) =>
          Effect.andThen(
            task.close("x"),
            Effect.sync(() => task.line("x", "1"))
          )
        )
      ]
    },
    {
      message: "a/0/x has not been closed",
      phases: [
        doing("a", (task) =>
          Effect.andThen(
            Effect.sync(() => task.line("x", "1")),
            task.discard("x")
          )
        )
      ]
    },
    {
      message: "a/0/x has not been closed",
      phases: [doing("a", (task) => task.rename("x", "y"))]
    },
    {
      message: "a/0/x is part of a commit, and only later pieces can be renamed or discarded",
      phases: [
        phase("a", {
          open: (task) =>
            Effect.succeed({
              write: () => Effect.sync(() => task.line("x", "1")),
              end: Effect.andThen(task.close("x"), Effect.as(task.rename("x", "y"), null))
            })
        })
      ]
    },
    {
      message: "a/0/x cannot be renamed to a/0/y, which exists",
      phases: [
        doing("a", (task) =>
          Effect.andThen(task.close("x"), Effect.andThen(task.close("y"), task.rename("x", "y")))
        )
      ]
    }
  ])("fails with: $message", ({ message, phases }) =>
    Effect.map(problemOf(phases), (found) => assert.strictEqual(found, message))
  )

  it.effect("may have any names without sharing a file", () =>
    Effect.gen(function* () {
      const [rows, emitted]: [Array<unknown>, Array<number>] = [[], []]
      // The rows that come from reading, and those of a writer, once had files of one name.
      yield* run(yield* folders, [
        doing("read-0", (task) => task.emit("x", 0, emitted.push(0)), {
          parts: 2,
          route: (entity, send) => send(1, entity)
        }),
        phase("x", {
          after: ["read-0"],
          route: (entity, send) => send(0, entity),
          open: () =>
            Effect.succeed({
              write: (records) => Effect.sync(() => void rows.push(...records.map(({ _tag }) => _tag))),
              row: (_, row) => Effect.sync(() => void rows.push(row))
            })
        })
      ])
      assert.isAbove(emitted.length, 0)
      assert.lengthOf(rows, 10 + emitted.length)
    })
  )

  it.effect("does not publish a file in a subfolder of the output", () =>
    Effect.gen(function* () {
      const at = yield* folders
      const sink: Sink.Sink<Services> = {
        ...sinkOf(at.out, []),
        divide: () => ({
          directory: at.out,
          phases: [doing("a", (task) => task.line("x", "1"))],
          publish: (output) =>
            Effect.flatMap(output.join("x", { file: "rooms/x" }), (file) => output.publish({ files: [file] }))
        })
      }
      const reason = yield* reasonOf(
        opened(sink, at, {}, (session) => finish(session, entities.slice(0, 10)))
      )
      const problem = 'gives a file the name "rooms/x": it must be that of a file, without folders'
      assert.deepStrictEqual(reason, new SinkError.InvalidConfig({ setting: "divide", problem }))
    })
  )
})
