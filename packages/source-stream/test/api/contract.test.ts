import { SourceContract } from "@chatferry/testkit"
import { it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { isMany, property } from "../../../../test/runs.ts"
import { makeApp, SECRET } from "./app.ts"
import { against, copied, edited, readAll, services, sourceOf, temporary } from "./harness.ts"

const fixture = Effect.gen(function* () {
  const directory = yield* temporary
  // Waiting for an export gives batches with progress, and a second reading does not wait.
  yield* readAll(sourceOf(directory))
  const replaced = yield* copied(directory)
  yield* edited(replaced, (text) => text.replaceAll("Name of", "Game of"))
  return { directory, copy: yield* copied(directory), replaced, other: yield* temporary }
})

const rules = SourceContract.rules({
  fixture,
  source: ({ directory }, limits) => sourceOf(directory, { batchRecords: 30, ...limits }),
  changed: ({ other }) => [
    { what: "messagesSince", source: sourceOf(other, { messagesSince: "2020-01-01T00:00:00Z" }) }
  ],
  moved: ({ copy }) => sourceOf(copy, { batchRecords: 30 }),
  replaced: ({ replaced }, limits) => sourceOf(replaced, limits),
  failing: ({ other }) => [
    { source: sourceOf(other, { apiSecret: Redacted.make("another secret") }), reason: "RequestRejected" }
  ],
  secrets: [SECRET],
  content: ["Text of", "Name of"],
  kept: ["Text of", "08:17:49.745857123Z"],
  positions: 6,
  bytesTolerance: 0.05
})

it.layer(services, { excludeTestServices: true })(
  "exports from the API satisfy the source contract:",
  (it) => {
    const channels = isMany ? 30 : 15
    it.effect.each(rules)(
      "$name",
      ({ check }) => check.pipe(against(makeApp({ channels, messages: 2, gone: ["messaging:room-7"] }))),
      property
    )
  }
)
