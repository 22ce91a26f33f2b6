import { SendbirdExport, SourceContract } from "@chatferry/testkit"
import { it } from "@effect/vitest"
import { Effect } from "effect"
import { readAll, services, sourceOf, start, temporary } from "./harness.ts"

const fixture = Effect.gen(function* () {
  const emulator = yield* start({ data: { messages: 80, windows: 1 } })
  const source = sourceOf(emulator, yield* temporary, { batchRecords: 20 })
  // Waiting for an export gives batches that tell so, and a second reading does not wait.
  yield* readAll(source)
  return {
    emulator,
    source,
    changed: sourceOf(emulator, yield* temporary, { to: emulator.to + 1 }),
    refused: sourceOf({ ...emulator, apiToken: "another token" }, yield* temporary)
  }
})

const rules = SourceContract.rules({
  fixture,
  source: ({ source }) => source,
  changed: ({ changed }) => [{ what: "to", source: changed }],
  failing: ({ refused }) => [{ source: refused, reason: "RequestRefused" }],
  secrets: ({ emulator }) => [SendbirdExport.secret, emulator.apiToken],
  // Exports are as large as their files, which have more than the records.
  bytesTolerance: 0.05
})

it.layer(services, { excludeTestServices: true })("exports of the API keep the source contract:", (it) => {
  it.effect.each(rules)("$name", ({ check }) => check)
})
