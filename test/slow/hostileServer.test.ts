import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { casesOf, judge } from "../hostile/judge.ts"
import { hostilities } from "../hostile/modes.ts"

const cases = casesOf(hostilities)

it("there are at least thirty modes for each client", () => {
  for (const client of ["sendbird", "stream", "import"] as const) {
    assert.isAtLeast(cases.filter((one) => one.client === client).length, 30, client)
  }
})

it.live(
  "a hostile server gets an end, few requests, little memory and a plain error from each client, whatever it does",
  () =>
    Effect.gen(function* () {
      const found = yield* Effect.forEach(
        cases,
        (one) =>
          Effect.map(Effect.scoped(judge(one)), ({ problems, summary }) => {
            const name = `${one.client}: ${one.hostility.name}`
            if (process.env["HOSTILE_SHOW"] !== undefined) console.log(`${name}\n    ${summary}`)
            return problems.length === 0 ? [] : [`${name}: ${problems.join(", ")}\n    ${summary}`]
          }),
        { concurrency: 2 }
      )
      assert.deepStrictEqual(found.flat(), [])
    }).pipe(Effect.provide(NodeServices.layer)),
  1_800_000
)
