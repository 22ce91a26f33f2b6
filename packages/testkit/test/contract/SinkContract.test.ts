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
 * Each rule is the only one to detect one of these faults or of `Only.sinks`, except for six. Three check more moments
 * than others (after a receipt, a new start, at any rename), one sums up what others sum up too (the ledger), and two
 * check what the runner does for every sink (the result of another run, the stage of another migration).
 */
const mutants: ReadonlyArray<{ readonly rule: string; readonly fault: LineSink.Fault }> = [
  { rule: "publishes as many records as it says it wrote", fault: "forgets a record in its files" },
  { rule: "accounts for every record in its ledger", fault: "forgets a kind in its ledger" },
  {
    rule: "counts every record it rejects, and shows none of its content",
    fault: "keeps no rejects"
  },
  {
    rule: "counts every record it rejects, and shows none of its content",
    fault: "quotes what it rejects"
  },
  {
    rule: "counts every record it rejects, and shows none of its content",
    fault: "counts its rejects twice"
  },
  { rule: "declares the meaning of each code it counts", fault: "does not declare its codes" },
  {
    rule: "lists exactly its files in the manifest, with their bytes and SHA-256",
    fault: "leaves a file unlisted"
  },
  {
    rule: "lists exactly its files in the manifest, with their bytes and SHA-256",
    fault: "changes a file after hashing it"
  },
  { rule: "publishes an empty run", fault: "publishes nothing for an empty run" },
  { rule: "writes the same bytes for any batch size", fault: "marks long batches" },
  { rule: "writes the same bytes in any order of its tasks", fault: "looks for the task before it" },
  {
    rule: "makes the same pieces from several segments as from one",
    fault: "numbers the lines of its segment"
  },
  {
    rule: "shows nothing under its final names before it finishes",
    fault: "makes a file under the final name"
  },
  { rule: "gives receipts that survive JSON", fault: "gives receipts with holes" },
  {
    rule: "resumes from a receipt and discards what came later",
    fault: "numbers lines since its opening"
  },
  { rule: "publishes the same files when it finishes twice", fault: "never forgets its files" },
  {
    rule: "publishes the same files after a failure at any rename",
    fault: "cannot find its file once it is published"
  },
  // Only possible for a sink that hides its folder from the runner.
  { rule: "leaves the result of another run alone", fault: "publishes without the runner" },
  { rule: "leaves the stage of another migration alone", fault: "publishes without the runner" },
  {
    rule: "leaves out exactly what belongs to excluded channels and messages, if it takes exclusions",
    fault: "ignores exclusions"
  }
]

describe("SinkContract", () => {
  it.live.each(rulesOf())("is kept by a good sink: $name", ({ check }) =>
    Effect.provide(check, NodeServices.layer)
  )

  it.live.each(mutants)("detects a sink that breaks it: it $fault ($rule)", ({ fault, rule: name }) =>
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
