import { EntityGenerator, SinkContract } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as LineSink from "./LineSink.ts"
import * as Only from "./pigeon/only.ts"

const entities = EntityGenerator.make({ records: 200 })
const content = ["hooks.example.com"]

const rulesOf = (fault?: LineSink.Fault) =>
  SinkContract.rules({ make: LineSink.make(fault), entities, content })

const mutants: ReadonlyArray<{ readonly rule: string; readonly fault: LineSink.Fault }> = [
  { rule: "publishes as many records as it says it wrote", fault: "forgets a record in its files" },
  { rule: "accounts for every record in its ledger", fault: "forgets a kind in its ledger" },
  {
    rule: "counts every record that it rejects, and says nothing of its content",
    fault: "counts no rejects"
  },
  {
    rule: "counts every record that it rejects, and says nothing of its content",
    fault: "quotes what it rejects"
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
  { rule: "writes the same bytes for any size of batches", fault: "marks its batches" },
  { rule: "shows nothing under its final names before it finishes", fault: "writes under the final name" },
  { rule: "gives receipts that survive JSON", fault: "gives receipts with holes" },
  {
    rule: "goes on after a receipt, and what came later is gone",
    fault: "keeps what came after the receipt"
  },
  { rule: "goes on after a kill at any flush", fault: "flushes only when it closes" },
  { rule: "goes on when it is opened anew after every flush", fault: "counts only since it was opened" },
  { rule: "starts anew without a receipt", fault: "appends to what was given up" },
  { rule: "ends in the same files when it finishes twice", fault: "writes an end at each finish" },
  {
    rule: "ends in the same files after a failure at any rename",
    fault: "cannot find its file once it is published"
  },
  { rule: "refuses a receipt that it did not write", fault: "takes a foreign receipt for none" },
  { rule: "refuses a receipt that it did not write", fault: "takes a missing file for an empty one" },
  { rule: "leaves the result of another run alone", fault: "writes over results" },
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
    const covered = new Set([...mutants, ...Only.sinks].map(({ rule }) => rule))
    assert.deepStrictEqual(
      rulesOf()
        .map(({ name }) => name)
        .filter((name) => !covered.has(name)),
      []
    )
  })
})
