/** Tasks after reading that are not run in the order of the plan. */
import { Entity, Rejected, Sink, SinkError } from "@chatferry/core"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import { completion, contents, entities, folders, type Services, write } from "./sessions.ts"

interface Seen {
  readonly opened: Array<number>
  readonly rejected: Array<string>
}

const PARTS = 3

/** Each task after reading rejects the records of its part, one by one, and then fails if it is in `failing`. */
const sinkOf = (directory: string, seen: Seen, failing: ReadonlyArray<number>): Sink.Sink<Services> => ({
  name: "late",
  fields: Sink.allOf(["user", "message"]),
  fingerprint: {},
  divide: () => ({
    directory,
    phases: [
      {
        name: "early",
        after: [],
        parts: "segment",
        open: () => Effect.succeed({ write: () => Effect.void })
      },
      {
        name: "late",
        after: ["early"],
        parts: PARTS,
        route: (entity, send) => send(Entity.key(entity).length % PARTS, entity),
        open: (task) => {
          seen.opened.push(task.part)
          return Effect.succeed({
            write: (records) =>
              Effect.forEach(
                records,
                (record) => task.reject([Rejected.ofEntity(record, { code: "late", message: "too late" })]),
                { discard: true }
              ),
            end: failing.includes(task.part)
              ? Effect.fail(
                  new SinkError.SinkError({
                    sink: "late",
                    reason: new SinkError.Conflict({ problem: `part ${task.part}`, hint: "none" })
                  })
                )
              : Effect.sync(() => {
                  task.line("parts", `part ${task.part}`)
                  return null
                })
          })
        }
      }
    ],
    publish: (output) => output.publish({ mayBeEmpty: true })
  })
})

const run = (taskOrder: "plan" | "reversed", failing: ReadonlyArray<number> = []) =>
  Effect.gen(function* () {
    const { out, state } = yield* folders
    const seen: Seen = { opened: [], rejected: [] }
    const receipts: Array<Sink.Receipt> = []
    const session = yield* Sink.open(sinkOf(out, seen, failing), {
      migrationId: "test",
      runId: "test-run",
      receipt: Option.none(),
      stateDirectory: state,
      taskOrder,
      reject: (some) => Effect.sync(() => void seen.rejected.push(...some.map(({ location }) => location))),
      progress: () => Effect.void
    })
    yield* write(session, entities)
    yield* session.commit
    const exit = yield* Effect.result(
      session.end((receipt) => Effect.sync(() => void receipts.push(receipt)))
    )
    return { seen, receipts, exit, session, out }
  })

it.live("results and rejects are taken in the order of the plan, whichever task is run first", () =>
  Effect.gen(function* () {
    const inOrder = yield* run("plan")
    const reversed = yield* run("reversed")
    assert.deepStrictEqual(
      [inOrder.seen.opened, reversed.seen.opened],
      [
        [0, 1, 2],
        [2, 1, 0]
      ]
    )
    assert.isAbove(inOrder.seen.rejected.length, PARTS)
    assert.deepStrictEqual(reversed.seen.rejected, inOrder.seen.rejected)
    assert.deepStrictEqual(reversed.receipts, inOrder.receipts)
    yield* reversed.session.publish(completion)
    assert.strictEqual((yield* contents(reversed.out))["parts"], "part 0\npart 1\npart 2\n")
  }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
)

it.live("the error of the first task in the plan that fails is the error of the run", () =>
  Effect.gen(function* () {
    const inOrder = yield* run("plan", [1, 2])
    const reversed = yield* run("reversed", [1, 2])
    for (const { exit, receipts } of [inOrder, reversed]) {
      assert(exit._tag === "Failure")
      assert.include(exit.failure.message, "part 1")
      // Reading and the part before it have ended.
      assert.lengthOf(receipts, 2)
    }
    assert.deepStrictEqual(reversed.seen.rejected, inOrder.seen.rejected)
  }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
)
