import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { casesOf, judge } from "./hostile/judge.ts"
import { hostilities } from "./hostile/modes.ts"

const cases = casesOf(hostilities.filter(({ isQuick }) => isQuick === true))

// All of them: npx -y pnpm@12 test:hostile
it.live(
  "a hostile server gets an end, few requests, little memory and a plain error from each client",
  () =>
    Effect.gen(function* () {
      const found = yield* Effect.forEach(
        cases,
        (one) =>
          Effect.map(Effect.scoped(judge(one)), ({ problems, summary }) =>
            problems.length === 0
              ? []
              : [`${one.client}: ${one.hostility.name}: ${problems.join(", ")}\n    ${summary}`]
          ),
        { concurrency: 2 }
      )
      assert.deepStrictEqual(found.flat(), [])
    }).pipe(Effect.provide(NodeServices.layer)),
  600_000
)
