import { SinkContract, SourceContract } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { HttpClient } from "effect/http"
import * as Fixture from "./pigeon/fixture.ts"
import * as Only from "./pigeon/only.ts"
import * as PagedSource from "./pigeon/PagedSource.ts"
import { named, violated } from "./pigeon/violated.ts"

// `pnpm mutants` shows that only this rule detects the fault.
describe("SourceContract", () => {
  it.live.each(SourceContract.rules(Fixture.options()))(
    "is kept by a good source of files: $name",
    ({ check }) => Effect.provide(check, NodeServices.layer)
  )

  it.live.each(Only.sources)("detects a source of files that breaks it: $fault ($rule)", ({ fault, rule }) =>
    Effect.map(violated(named(SourceContract.rules(Fixture.options(fault)), rule)), (found) =>
      assert.deepStrictEqual(Array.from(found.keys()), [rule])
    )
  )

  it.live.each(SourceContract.rules(Fixture.serviceOptions()))(
    "is kept by a good source of a service: $name",
    ({ check }) =>
      check.pipe(
        Effect.provideService(HttpClient.HttpClient, PagedSource.service),
        Effect.provide(NodeServices.layer)
      )
  )

  it.live.each(Only.services.filter(({ fault }) => fault !== "endlessRetry"))(
    "detects a source of a service that breaks it: $fault ($rule)",
    ({ fault, rule }) =>
      violated(named(SourceContract.rules(Fixture.serviceOptions(fault)), rule)).pipe(
        Effect.map((found) => assert.deepStrictEqual(Array.from(found.keys()), [rule])),
        Effect.provideService(HttpClient.HttpClient, PagedSource.service)
      )
  )
})

describe("SinkContract", () => {
  it.live.each(SinkContract.rules(Fixture.sinkOptions()))("is kept by a good sink: $name", ({ check }) =>
    Effect.provide(check, NodeServices.layer)
  )

  it.live.each([...Only.sinks, ...Only.sinksOfSeveral])(
    "detects a sink that breaks it: $fault ($rule)",
    ({ fault, rule }) =>
      Effect.map(violated(named(SinkContract.rules(Fixture.sinkOptions(fault)), rule)), (found) =>
        assert.deepStrictEqual(Array.from(found.keys()), [rule])
      )
  )

  it.live.each([
    {
      fault: "orphanReactions" as const,
      rule: "writes records of each kind it declares",
      says: /^reaction written by pigeon, which declares its `fields`: the given entities include \d+ whose references all exist, got none written or merged, rejected: \d+ as no_message, none dropped$/u
    },
    {
      fault: "dropsMembers" as const,
      rule: "writes records of each kind it declares",
      says: /^member written by pigeon, .*, got none written or merged, none rejected, dropped: \d+ as deleted$/u
    },
    {
      fault: "quotesText" as const,
      rule: "counts every record it rejects, and shows none of its content",
      says: /^no content in the message of rejected 1 \(text_too_long at message \S+\), got it quotes the text of the message \S+$/u
    },
    {
      fault: "emptyLocation" as const,
      rule: "counts every record it rejects, and shows none of its content",
      says: /^something in the location of rejected 1 \(text_too_long\), got an empty text$/u
    }
  ])("says what is wrong, in which record and how often: $fault", ({ fault, rule, says }) =>
    Effect.map(violated(named(SinkContract.rules(Fixture.sinkOptions(fault)), rule)), (found) =>
      assert.match(found.get(rule)?.replace(`${rule}: expected `, "") ?? "", says)
    )
  )

  it.live("only checks planted entities of a kind whose given entities are incomplete", () =>
    Effect.map(
      violated(
        named(
          SinkContract.rules({ ...Fixture.sinkOptions("orphanReactions"), entities: [] }),
          "writes records of each kind it declares"
        )
      ),
      (found) => assert.match(Array.from(found.values()).join(), /the planted entities include 1 whose/u)
    )
  )
})
