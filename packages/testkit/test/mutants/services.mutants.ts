// Every fault of a source over a service is detected by some rule.
import { SourceContract } from "@chatferry/testkit"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { HttpClient } from "effect/http"
import * as Fixture from "../pigeon/fixture.ts"
import * as Only from "../pigeon/only.ts"
import * as PagedSource from "../pigeon/PagedSource.ts"
import { violated } from "../pigeon/violated.ts"

const faults = Object.entries(PagedSource.FAULTS).map(([fault, what]) => ({
  fault: fault as PagedSource.Fault,
  what
}))

const brokenRules = (fault?: PagedSource.Fault) =>
  Effect.provideService(
    violated(SourceContract.rules(Fixture.serviceOptions(fault))),
    HttpClient.HttpClient,
    PagedSource.service
  )

describe("a source of a service", () => {
  it.live("without a fault keeps every rule", () =>
    Effect.map(brokenRules(), (found) => assert.deepStrictEqual(Array.from(found), []))
  )

  it.live.each(faults)("that $what is detected ($fault)", ({ fault }) =>
    Effect.map(brokenRules(fault), (found) => {
      console.log(`${fault}: ${Array.from(found.keys()).join(" | ")}`)
      assert.notStrictEqual(found.size, 0)
      const alone = Only.services.filter((one) => one.fault === fault).map(({ rule }) => rule)
      if (alone.length > 0) assert.deepStrictEqual(Array.from(found.keys()), alone)
    })
  )
})
