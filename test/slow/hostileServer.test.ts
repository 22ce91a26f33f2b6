import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { clients, judge, meets } from "../hostile/judge.ts"
import { hostilities } from "../hostile/modes.ts"

const cases = hostilities.flatMap((hostility) =>
  clients.filter((client) => meets(client, hostility)).map((client) => ({ client, hostilities: [hostility] }))
)

it("there are at least thirty modes for each client", () => {
  for (const client of clients) {
    assert.isAtLeast(cases.filter((one) => one.client === client).length, 30, client)
  }
})

it.live(
  "against any hostile server, each client ends with few requests, little memory and a plain error",
  () =>
    Effect.gen(function* () {
      const found = yield* Effect.forEach(cases, judge, { concurrency: 2 })
      assert.deepStrictEqual(found.flat(), [])
    }).pipe(Effect.provide(NodeServices.layer)),
  1_800_000
)
