import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { clients, judge, meets } from "./hostile/judge.ts"
import { hostilities } from "./hostile/modes.ts"

const quick = hostilities.filter(({ isQuick }) => isQuick === true)

// One process per client, so memory that a mode leaves behind counts for the next one, too.
// All modes, each in a separate process: npx -y pnpm@12 test:hostile
it.live(
  "against a hostile server, each client ends with few requests, little memory and a plain error",
  () =>
    Effect.gen(function* () {
      const found = yield* Effect.forEach(
        clients,
        (client) => judge({ client, hostilities: quick.filter((one) => meets(client, one)) }),
        { concurrency: clients.length }
      )
      assert.deepStrictEqual(found.flat(), [])
    }).pipe(Effect.provide(NodeServices.layer)),
  600_000
)
