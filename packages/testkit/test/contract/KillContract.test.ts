import { KillContract } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit } from "effect"
import { isMany, property } from "../../../../test/runs.ts"
import type * as Connectors from "../kill/connectors.ts"

const module = new URL("../kill/connectors.ts", import.meta.url).href

const rulesOf = (names: { readonly source?: string; readonly sink?: string } = {}, kills = 2) => {
  const { sink = "sink", source = "source" } = names
  return KillContract.rules({
    source: { module, name: source },
    sink: { module, name: sink },
    checkpointRecords: 1000,
    kills
  })
}

const [SAME_BYTES, AGAIN, SAME_RECORDS, NO_FILE] = rulesOf().map(({ name }) => name)

const mutants: ReadonlyArray<{
  readonly mutant: string
  readonly names: { readonly source?: keyof typeof Connectors; readonly sink?: keyof typeof Connectors }
  readonly kills?: number
  /** Together, the quick ones break every rule. Each kill starts three processes. */
  readonly isQuick?: true
  readonly broken: ReadonlyArray<string | undefined>
}> = [
  {
    mutant: "a source that keeps its positions in memory",
    names: { source: "sourceWithMemory" },
    kills: 3,
    isQuick: true,
    broken: [SAME_BYTES, AGAIN, SAME_RECORDS]
  },
  {
    mutant: "a sink that keeps its receipts in memory",
    names: { sink: "sinkWithMemory" },
    broken: [SAME_BYTES, AGAIN]
  },
  {
    mutant: "a sink that finishes again",
    names: { sink: "sinkThatFinishesAgain" },
    // One kill comes after the file has its name and before the manifest has.
    kills: 4,
    broken: [SAME_BYTES, AGAIN]
  },
  {
    mutant: "a sink that gives old receipts after a kill",
    names: { sink: "sinkWithOldReceipts" },
    kills: 4,
    broken: [AGAIN]
  },
  {
    mutant: "a sink that counts its openings",
    names: { sink: "sinkThatCountsOpenings" },
    broken: [SAME_RECORDS]
  },
  { mutant: "a sink that leaves a mark", names: { sink: "sinkWithMark" }, isQuick: true, broken: [NO_FILE] }
]

/** Each starts a dozen processes, on a machine that may be busy. */
const options = { timeout: 240_000, ...property }

describe("KillContract", () => {
  it.live.each(rulesOf({}, isMany ? 4 : 2))(
    "is kept by a good source and a good sink: $name",
    ({ check }) => Effect.provide(check, NodeServices.layer),
    options
  )

  it.live.each(mutants.filter(({ isQuick }) => isMany || isQuick))(
    "detects $mutant",
    ({ broken, kills, names }) =>
      Effect.gen(function* () {
        const found: Array<string> = []
        for (const { check, name } of rulesOf(names, kills)) {
          const exit = yield* Effect.exit(check)
          if (Exit.isSuccess(exit)) continue
          found.push(name)
          assert.match(Cause.pretty(exit.cause), /after a kill at moment \d+, before a \w+ of the/u)
        }
        assert.deepStrictEqual(found, broken)
      }).pipe(Effect.provide(NodeServices.layer)),
    options
  )

  it.live("says why the undisturbed run fails", () =>
    Effect.gen(function* () {
      const [rule] = rulesOf({ sink: "nothing" })
      assert.isDefined(rule)
      const { message } = yield* Effect.flip(rule?.check ?? Effect.void)
      assert.include(message, "does not export a function called nothing")
    }).pipe(Effect.provide(NodeServices.layer))
  )
})
