import { SendbirdExport, SourceContract } from "@chatferry/testkit"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { readAll, services, sourceOf, start, temporary } from "./harness.ts"

// Names only: the exports are made when a rule is checked.
const names = SourceContract.rules({
  source: sourceOf({ applicationId: "a", apiToken: "", baseUrl: "http://localhost", from: 0, to: 1 }, ""),
  changed: sourceOf({ applicationId: "b", apiToken: "", baseUrl: "http://localhost", from: 0, to: 1 }, ""),
  secrets: []
}).map(({ name }) => name)

it.layer(services, { excludeTestServices: true })("exports of the API keep the source contract:", (it) => {
  it.effect.each(names.map((name) => ({ name })))("$name", ({ name }) =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const source = sourceOf(emulator, yield* temporary, { batchRecords: 50 })
      // Waiting for an export gives batches that tell so, and a second reading does not wait.
      yield* readAll(source)
      const rules = SourceContract.rules({
        source,
        changed: sourceOf(emulator, yield* temporary, { to: emulator.to + 1 }),
        secrets: [SendbirdExport.secret]
      })
      const rule = rules.find((one) => one.name === name)
      assert.isDefined(rule)
      yield* rule?.check ?? Effect.void
    })
  )
})
