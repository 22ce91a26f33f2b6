import { SourceContract } from "@chatferry/testkit"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeApp, SECRET } from "./app.ts"
import { against, readAll, services, sourceOf, temporary } from "./harness.ts"

const rulesOf = (directory: string, other: string) =>
  SourceContract.rules({
    source: sourceOf(directory, { batchRecords: 30 }),
    changed: sourceOf(other, { messagesSince: "2020-01-01T00:00:00Z" }),
    secrets: [SECRET],
    content: ["Text of", "Name of"],
    positions: 6
  })

// Names only: the exports are made when a rule is checked.
const names = rulesOf("", "").map(({ name }) => name)

it.layer(services, { excludeTestServices: true })("exports of the API keep the source contract:", (it) => {
  it.effect.each(names.map((name) => ({ name })))("$name", ({ name }) =>
    Effect.gen(function* () {
      const app = makeApp({ channels: 30, messages: 2, gone: ["messaging:room-7"] })
      const directory = yield* temporary
      // Waiting for an export gives batches that tell so, and a second reading does not wait.
      yield* readAll(sourceOf(directory)).pipe(against(app))
      const rule = rulesOf(directory, yield* temporary).find((one) => one.name === name)
      assert.isDefined(rule)
      yield* (rule?.check ?? Effect.void).pipe(against(app))
    })
  )
})
