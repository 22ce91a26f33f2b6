import { EntityGenerator, SinkContract } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as LineSink from "../LineSink.ts"
import * as Only from "../pigeon/only.ts"

const entities = EntityGenerator.make({ records: 200 })
const content = ["hooks.example.com"]

const rulesOf = (fault?: LineSink.Fault) =>
  SinkContract.rules({ make: LineSink.make(fault), entities, content })

/**
 * Each rule alone tells one of these or of `Only.sinks`, but for six. Three look at more moments than others that tell
 * the same (after a receipt, a new start, at any rename), one adds up what others add up too (the ledger), and two guard
 * what the runner does for every sink (the result of another run, what another migration has staged).
 */
const mutants: ReadonlyArray<{ readonly rule: string; readonly fault: LineSink.Fault }> = [
  { rule: "publishes as many records as it says it wrote", fault: "forgets a record in its files" },
  { rule: "accounts for every record in its ledger", fault: "forgets a kind in its ledger" },
  {
    rule: "counts every record that it rejects, and says nothing of its content",
    fault: "sets no rejects aside"
  },
  {
    rule: "counts every record that it rejects, and says nothing of its content",
    fault: "quotes what it rejects"
  },
  {
    rule: "counts every record that it rejects, and says nothing of its content",
    fault: "counts its rejects once more"
  },
  { rule: "declares what each code means that it counts", fault: "declares none of its codes" },
  {
    rule: "lists exactly its files in the manifest, with their bytes and SHA-256",
    fault: "leaves a file unlisted"
  },
  {
    rule: "lists exactly its files in the manifest, with their bytes and SHA-256",
    fault: "changes a file after hashing it"
  },
  { rule: "publishes an empty run", fault: "publishes nothing when nothing came" },
  { rule: "writes the same bytes for any size of batches", fault: "marks long batches" },
  { rule: "makes the same pieces of several segments as of one", fault: "numbers the lines of its segment" },
  {
    rule: "shows nothing under its final names before it finishes",
    fault: "makes a file under the final name"
  },
  { rule: "gives receipts that survive JSON", fault: "gives receipts with holes" },
  {
    rule: "goes on after a receipt, and what came later is gone",
    fault: "numbers lines since it was opened"
  },
  { rule: "ends in the same files when it finishes twice", fault: "collects its files for ever" },
  {
    rule: "ends in the same files after a failure at any rename",
    fault: "cannot find its file once it is published"
  },
  // Only a sink that hides its folder from the runner.
  { rule: "leaves the result of another run alone", fault: "publishes past the runner" },
  { rule: "leaves what another migration has staged alone", fault: "publishes past the runner" },
  {
    rule: "leaves out what belongs to a channel or a message that was left out, and nothing else, if it takes exclusions",
    fault: "takes exclusions for nothing"
  }
]

describe("SinkContract", () => {
  it.live.each(rulesOf())("is kept by a good sink: $name", ({ check }) =>
    Effect.provide(check, NodeServices.layer)
  )

  it.live.each(mutants)("tells a sink that breaks it: it $fault ($rule)", ({ fault, rule: name }) =>
    Effect.gen(function* () {
      const rule = rulesOf(fault).find((candidate) => candidate.name === name)
      assert.isDefined(rule)
      if (rule === undefined) return
      const violation = yield* Effect.flip(rule.check)
      assert.strictEqual(violation._tag, "ContractViolation")
      assert.strictEqual(violation.rule, name)
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it("has a mutant for each of its rules", () => {
    const covered = new Set([...mutants, ...Only.sinks, ...Only.sinksOfSeveral].map(({ rule }) => rule))
    assert.deepStrictEqual(
      rulesOf()
        .map(({ name }) => name)
        .filter((name) => !covered.has(name)),
      []
    )
  })
})
