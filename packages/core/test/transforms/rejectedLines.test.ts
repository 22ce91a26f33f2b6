import { type Entity, Transform } from "@chatferry/core"
import { RejectedLine } from "@chatferry/core/run"
import { EntityGenerator } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { run } from "./run.ts"

const onThrow = "reject" as const
const kept = "user-kept"
const isKept = (one: Entity.Entity) => one._tag === "user" && one.id === kept
const numbers = { app: { large: 2 ** 60, larger: 1e21, digits: "12345678901234567890" } }
const withNumbers = (one: Entity.Entity): Entity.Entity => ({ ...one, custom: numbers })
const wrong = (one: Entity.Entity) => (isKept(one) ? one : ({ ...one, createdAt: "soon" } as typeof one))
const fail = (): never => {
  throw new Error("no")
}

const transforms: ReadonlyArray<readonly [what: string, transform: Transform.Transform]> = [
  ["rejects it", Transform.reject("mine", (one) => (isKept(one) ? undefined : "it is not wanted"))],
  ["makes something else of it", Transform.map("mine", wrong, { onThrow })],
  ["throws", Transform.map("mine", (one) => (isKept(one) ? one : fail()), { onThrow })],
  ["throws instead of choosing", Transform.filter("mine", (one) => isKept(one) || fail(), { onThrow })],
  [
    "asks a service that fails",
    Transform.mapEffect("mine", (one) => (isKept(one) ? Effect.succeed(one) : Effect.fail("no")), { onThrow })
  ]
]

it.layer(NodeServices.layer)("the line of a record of any kind", (it) => {
  it.effect.each(transforms)("is the entity as it was before a transform that %s", ([, transform]) =>
    Effect.gen(function* () {
      const generated = EntityGenerator.make({ seed: 5, records: 300, extremes: 0.1 })
      const entities = generated.map((one, n) => (n % 3 === 0 ? withNumbers(one) : one))
      const stays = { _tag: "user", id: kept } as Entity.Entity
      const { rejects } = yield* run([...entities, stays], [transform])
      const read = yield* Effect.forEach(rejects, (line) => RejectedLine.entity(JSON.stringify(line)))
      assert.deepStrictEqual(read, entities)
    })
  )
})
