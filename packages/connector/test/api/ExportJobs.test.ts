import type { ExportJobs } from "@chatferry/connector"
import { type Source, SourceError } from "@chatferry/core"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Option, Stream } from "effect"
import { services, temporary } from "./loopback.ts"
import { type Part, locationOf, printer } from "./printer.ts"

const orders: ReadonlyArray<Part> = [
  { from: 1, to: 4 },
  { from: 5, to: 6 },
  { from: 7, to: 7 }
]

const read = (jobs: ExportJobs.ExportJobs<Part>, partition = "1 to 4", position?: Source.Position) =>
  Stream.runCollect(jobs.read(orders, partition, Option.fromUndefinedOr(position)))

const idsOf = (batches: ReadonlyArray<Source.Batch>) =>
  batches.flatMap(({ records }) => records.flatMap((one) => (one._tag === "user" ? [Number(one.id)] : [])))

const notesOf = (batches: ReadonlyArray<Source.Batch>) =>
  batches.flatMap(({ notes = {} }) => (Object.keys(notes).length === 0 ? [] : [notes]))

it.layer(services, { excludeTestServices: true })("ExportJobs", (it) => {
  it.effect("requests an order and the next one, and reads the first", () =>
    Effect.gen(function* () {
      const { jobs, posts } = yield* printer(yield* temporary)
      const batches = yield* read(jobs)
      assert.deepStrictEqual(idsOf(batches), [1, 2, 3, 4])
      assert.deepStrictEqual(batches.map(({ location }) => location).slice(0, 3), [
        "1 to 4: asking for the export",
        "1 to 4: downloading",
        "1 to 4, number 1"
      ])
      assert.include(posts, "1 to 4")
      assert.notInclude(posts, "7 to 7")
    })
  )

  it.effect("requests nothing twice, even in another run, and downloads a removed file again", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* temporary
      const first = yield* printer(folder, {}, { exportsInFlight: 1 })
      yield* read(first.jobs)
      const second = yield* printer(folder, {}, { exportsInFlight: 1 })
      assert.deepStrictEqual(idsOf(yield* read(second.jobs)), [1, 2, 3, 4])
      assert.deepStrictEqual([second.posts, second.server.asked], [[], []])
      yield* fs.remove(`${folder}/1-4.txt`)
      assert.deepStrictEqual(idsOf(yield* read(second.jobs)), [1, 2, 3, 4])
      assert.deepStrictEqual([second.posts.length, second.server.asked.length], [0, 1])
    })
  )

  it.effect("requests a failed export once more, and then its parts", () =>
    Effect.gen(function* () {
      const { jobs, posts } = yield* printer(yield* temporary, { fails: ["1 to 4"] }, { exportsInFlight: 1 })
      const batches = yield* read(jobs)
      assert.deepStrictEqual(posts, ["1 to 4", "1 to 4", "1 to 2", "3 to 4"])
      assert.deepStrictEqual(idsOf(batches), [1, 2, 3, 4])
      for (const [i, { position }] of batches.entries()) {
        const rest = yield* read(jobs, "1 to 4", JSON.parse(JSON.stringify(position)))
        assert.deepStrictEqual(idsOf(rest), idsOf(batches.slice(i + 1)))
      }
    })
  )

  it.effect("requests the parts of a rejected export at once, and stops if there are none", () =>
    Effect.gen(function* () {
      const wrong = { rejected: ["1 to 4", "3 to 4", "4 to 4"] }
      const { jobs, posts } = yield* printer(yield* temporary, wrong, { exportsInFlight: 1 })
      const error = yield* Effect.flip(read(jobs))
      assert.deepStrictEqual(posts, ["1 to 4", "1 to 2", "3 to 4", "3 to 3", "4 to 4"])
      assert.strictEqual(
        error.message,
        "asking for the export of 4 to 4 was rejected (HTTP 400, code 4): it asks for too much. Ask for less."
      )
    })
  )

  it.effect("reports that exports failed if there are no smaller parts", () =>
    Effect.gen(function* () {
      const { jobs, posts } = yield* printer(yield* temporary, { fails: ["7 to 7"] })
      const error = yield* Effect.flip(read(jobs, "7 to 7"))
      assert.strictEqual(error.message, "the export of 7 to 7 failed after 2 attempts: no ink. Refill it.")
      assert.deepStrictEqual(posts, ["7 to 7", "7 to 7"])
    })
  )

  it.effect("stops if a request other than making an export is rejected", () =>
    Effect.gen(function* () {
      const reason = { status: 403, code: 1, problem: "it is not allowed", hint: "Check the token." }
      const rejection = new SourceError.RequestRejected({ operation: "listing exports", ...reason })
      const { jobs, posts } = yield* printer(yield* temporary, {}, { before: () => Effect.fail(rejection) })
      assert.strictEqual(yield* Effect.flip(read(jobs)), rejection)
      assert.deepStrictEqual(posts, [])
    })
  )

  it.effect("counts exports without a file, and requests that were repeated", () =>
    Effect.gen(function* () {
      const blank = yield* printer(yield* temporary, { blank: ["1 to 4"] }, { exportsInFlight: 1 })
      const batches = yield* read(blank.jobs)
      assert.deepStrictEqual(notesOf(batches), [{ blank: 1 }])
      const folder = yield* temporary
      const lost = yield* printer(folder, { lost: ["1 to 4"] }, { exportsInFlight: 1 })
      const error = yield* Effect.flip(read(lost.jobs))
      assert.strictEqual(
        error.message,
        "asking for the export of 1 to 4 failed after 3 attempts: it was cut off. Look into the tray."
      )
      assert.strictEqual(lost.posts.length, 3)
      const later = yield* printer(folder, {}, { exportsInFlight: 1 })
      assert.deepStrictEqual(notesOf(yield* read(later.jobs)), [{ lost: 3 }])
    })
  )

  it.effect("requests another export if the service has forgotten one, up to a limit", () =>
    Effect.gen(function* () {
      const once = yield* printer(yield* temporary, { forgotten: ["1 to 4"] }, { exportsInFlight: 1 })
      assert.deepStrictEqual(idsOf(yield* read(once.jobs)), [1, 2, 3, 4])
      assert.strictEqual(once.posts.length, 2)
      const never = yield* printer(
        yield* temporary,
        {},
        { exportsInFlight: 1, look: () => Effect.succeed({ _tag: "gone" }) }
      )
      const error = yield* Effect.flip(read(never.jobs))
      assert.include(error.message, "failed after 4 attempts: each of its exports is gone")
      assert.include(error.message, "Look under the table.")
    })
  )

  it.effect("uses an export that settings name, and reports if the service does not know it", () =>
    Effect.gen(function* () {
      const named = () => Effect.succeed("ours")
      const taken = yield* printer(yield* temporary, {}, { named })
      assert.deepStrictEqual(idsOf(yield* read(taken.jobs)), [1, 2, 3, 4])
      assert.deepStrictEqual(taken.posts, [])
      const unknown = yield* printer(
        yield* temporary,
        {},
        {
          named,
          look: () => Effect.succeed({ _tag: "gone" }),
          unknown: ({ location }) =>
            new SourceError.InvalidConfig({ setting: location, problem: "is unknown" })
        }
      )
      assert.include((yield* Effect.flip(read(unknown.jobs))).message, "1 to 4 is unknown")
    })
  )

  it.effect("stops at a final state that must not occur, also in the next run", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const stops = () => new SourceError.InvalidConfig({ setting: "paper", problem: "is blank" })
      for (let run = 0; run < 2; run++) {
        const { jobs } = yield* printer(folder, { blank: ["1 to 4"] }, { stops, exportsInFlight: 1 })
        assert.include((yield* Effect.flip(read(jobs))).message, "paper is blank")
      }
      const { jobs } = yield* printer(folder, { blank: ["1 to 4"] }, { exportsInFlight: 1 })
      assert.deepStrictEqual(notesOf(yield* read(jobs)), [{ blank: 1 }])
    })
  )

  it.effect("retraces the files on disk without the service", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* temporary
      const { jobs, server } = yield* printer(folder, {}, { exportsInFlight: 1 })
      const readDigest = JSON.parse(
        JSON.stringify((yield* read(jobs)).at(-1)?.readDigest ?? null)
      ) as Source.Position
      const asked = server.asked.length
      yield* jobs.retrace(orders, "1 to 4", readDigest)
      yield* jobs.retrace(orders, "8 to 9", readDigest)
      yield* fs.writeFileString(`${folder}/1-4.txt`, "")
      const error = yield* Effect.flip(jobs.retrace(orders, "1 to 4", readDigest))
      assert.include(error.message, "that was already read has changed")
      yield* fs.remove(`${folder}/1-4.txt`)
      yield* jobs.retrace(orders, "1 to 4", readDigest)
      assert.strictEqual(server.asked.length, asked)
    })
  )

  it.effect("rejects an unknown partition and a damaged journal", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* temporary
      const { jobs } = yield* printer(folder, {}, { exportsInFlight: 1 })
      const nowhere = yield* Effect.flip(read(jobs, locationOf({ from: 8, to: 9 })))
      assert.include(nowhere.message, "there is no such partition")
      yield* fs.writeFileString(`${folder}/1-4.json`, "{")
      const damaged = yield* Effect.flip(read(jobs))
      assert.instanceOf(damaged, SourceError.CorruptInput)
      assert.include(damaged.message, "it is not the journal of an export")
    })
  )
})
