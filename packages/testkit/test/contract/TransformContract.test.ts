import { Consequence, Transform } from "@chatferry/core"
import { TransformContract } from "@chatferry/testkit"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"

const LEFT_OUT = Consequence.make("left_out", { effect: "left_out_on_purpose", says: "deleted messages" })

const good: Transform.Transform = {
  name: "without-deleted",
  consequences: [LEFT_OUT],
  fingerprint: {},
  apply: (records) =>
    Effect.succeed({
      ...Transform.kept(records.filter((one) => !isDeleted(one))),
      dropped: records.filter(isDeleted).map(({ _tag }) => ({ kind: _tag, reason: LEFT_OUT.code }))
    })
}

const isDeleted = (record: { readonly _tag: string; readonly isDeleted?: boolean }) =>
  record._tag === "message" && record.isDeleted === true

const changed =
  (change: (given: Transform.Transformed, records: Transform.Transformed["records"]) => object) =>
  (): Transform.Transform => ({
    ...good,
    apply: (records) => Effect.map(good.apply(records), (found) => ({ ...found, ...change(found, records) }))
  })

let runs = 0
let last = 0

const mutants: ReadonlyArray<{
  readonly rule: string
  readonly mutant: string
  readonly make: () => Transform.Transform
}> = [
  {
    rule: "accounts for every record of each kind",
    mutant: "forgets what it drops",
    make: changed(() => ({ dropped: [] }))
  },
  {
    rule: "accounts for every record of each kind",
    mutant: "turns members into users",
    make: changed(({ records }) => ({
      records: records.map((one) => (one._tag === "member" ? { _tag: "user", id: one.userId } : one))
    }))
  },
  {
    rule: "gives entities that are valid and survive JSON",
    mutant: "gives a field that the model does not know",
    make: changed(({ records }) => ({ records: records.map((one) => ({ ...one, nickname: "x" })) }))
  },
  {
    rule: "gives declared codes for the records it leaves out",
    mutant: "drops records for an undeclared reason",
    make: changed(({ dropped }) => ({ dropped: dropped.map((one) => ({ ...one, reason: "other" })) }))
  },
  {
    rule: "gives the same result for any batch size",
    mutant: "orders the records of a batch",
    make: changed(({ records }) => ({
      records: records.toSorted((a, b) => (a._tag < b._tag ? -1 : a._tag > b._tag ? 1 : 0))
    }))
  },
  {
    rule: "gives the same result each time",
    mutant: "counts how often it is applied",
    make: () => {
      let times = 0
      return {
        ...good,
        // Counts from its second run on, so that all runs are alike.
        apply: (records) =>
          Effect.map(good.apply(records), (found) => {
            times += records.length
            return times <= 500
              ? found
              : { ...found, records: found.records.map((one) => ({ ...one, custom: { times: { times } } })) }
          })
      }
    }
  },
  {
    rule: "gives the same result when it is applied to several batches at once",
    mutant: "keeps its current batch in shared state",
    make: () => ({
      ...good,
      apply: (records) =>
        Effect.gen(function* () {
          last = ++runs
          const own = last
          yield* Effect.yieldNow
          return own === last ? yield* good.apply(records) : yield* good.apply([])
        })
    })
  },
  {
    rule: "does not modify the entities it is given",
    mutant: "modifies them",
    make: () => ({
      ...good,
      apply: (records) =>
        Effect.suspend(() => {
          for (const record of records) if (record._tag === "user") Object.assign(record, { name: "x" })
          return good.apply(records)
        })
    })
  },
  {
    rule: "has the same fingerprint each time",
    mutant: "has a counter in its fingerprint",
    make: () => ({ ...good, fingerprint: { made: ++runs } })
  }
]

const brokenBy = (make: () => Transform.Transform) =>
  Effect.map(
    Effect.forEach(TransformContract.rules({ make }), ({ check, name }) =>
      Effect.map(Effect.result(check), (result) => (Result.isFailure(result) ? [name] : []))
    ),
    (names) => names.flat()
  )

describe("TransformContract", () => {
  it.effect.each(TransformContract.rules({ make: () => good }))(
    "is kept by a good transform: $name",
    ({ check }) => check
  )

  it.effect.each([
    {
      name: "filter",
      make: () => Transform.filter("no-bots", (one) => one._tag !== "user" || one.isBot !== true)
    },
    { name: "map", make: () => Transform.map("as-it-is", (one) => one) },
    { name: "redact", make: () => Transform.redact({ user: ["name"] }) }
  ])("is kept by Transform.$name", ({ make }) =>
    Effect.map(brokenBy(make), (broken) => assert.deepStrictEqual(broken, []))
  )

  it.effect.each(mutants)("alone detects a transform that breaks it: it $mutant ($rule)", ({ make, rule }) =>
    Effect.map(brokenBy(make), (broken) => assert.deepStrictEqual(broken, [rule]))
  )

  it("has a mutant for each of its rules", () => {
    const covered = new Set(mutants.map(({ rule }) => rule))
    assert.deepStrictEqual(
      TransformContract.rules({ make: () => good })
        .map(({ name }) => name)
        .filter((name) => !covered.has(name)),
      []
    )
  })
})
