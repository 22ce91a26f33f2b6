import { Entity, Source } from "@chatferry/core"
import { EntityGenerator, SourceContract } from "@chatferry/testkit"
import { assert, describe, it } from "@effect/vitest"
import { Schema, SchemaAST } from "effect"

/** Paths of fields that have a value; elements of lists are not numbered. */
const pathsOf = (at: string, value: unknown): ReadonlyArray<string> => {
  if (Array.isArray(value)) return value.flatMap((one) => pathsOf(at, one))
  if (typeof value !== "object" || value === null) return [at]
  return [at, ...Object.entries(value).flatMap(([name, one]) => pathsOf(`${at}.${name}`, one))]
}

/** Paths of the fields that a schema has. */
const fieldsOf = (at: string, ast: SchemaAST.AST): ReadonlyArray<string> => {
  if (SchemaAST.isObjects(ast)) {
    return [
      at,
      ...ast.propertySignatures.flatMap(({ name, type }) => fieldsOf(`${at}.${String(name)}`, type))
    ]
  }
  return SchemaAST.isArrays(ast) ? [at, ...ast.rest.flatMap((one) => fieldsOf(at, one))] : [at]
}

const isValid = Schema.is(Entity.Entity)

describe("EntityGenerator", () => {
  it.each([1, 2, 3, 4, 5])("makes entities that are valid (seed %i)", (seed) => {
    const entities = EntityGenerator.make({ seed, records: 400, extremes: 0.2 })
    assert.strictEqual(entities.length, 400)
    assert.isTrue(entities.every((entity) => isValid(entity)))
  })

  it("makes the same from the same seed and something else from another", () => {
    const of = (seed: number) => JSON.stringify(EntityGenerator.make({ seed }))
    assert.strictEqual(of(1), of(1))
    assert.notStrictEqual(of(1), of(2))
  })

  it("makes every kind, or only the requested ones", () => {
    const kinds = (entities: ReadonlyArray<Entity.Entity>) => new Set(entities.map(({ _tag }) => _tag))
    assert.deepStrictEqual(kinds(EntityGenerator.make()), new Set(Entity.kinds))
    assert.deepStrictEqual(
      kinds(EntityGenerator.make({ kinds: ["user", "member"] })),
      new Set(["user", "member"])
    )
  })

  it("repeats keys with other contents", () => {
    const entities = EntityGenerator.make({ records: 1000, duplicates: 0.2 })
    const distinct = new Set(entities.map((entity) => `${entity._tag} ${Entity.key(entity)}`))
    assert.isAtMost(distinct.size, 900)
    assert.isAbove(new Set(entities.map((entity) => JSON.stringify(entity))).size, distinct.size)
  })

  it("makes dangling references, unless they are turned off", () => {
    const orphans = (dangling: number) => {
      const entities = EntityGenerator.make({ records: 1000, dangling })
      return entities.filter((entity) => entity._tag === "reaction" && entity.messageId.startsWith("nowhere"))
        .length
    }
    assert.isAbove(orphans(0.1), 0)
    assert.strictEqual(orphans(0), 0)
  })

  it("makes every field of the model", () => {
    const made = EntityGenerator.make({ records: 12_000 })
    const paths = new Set(made.flatMap((entity) => pathsOf(entity._tag, entity)))
    const missing = Entity.kinds.flatMap((kind) =>
      fieldsOf(kind, Entity.schemas[kind].ast).filter((path) => !paths.has(path))
    )
    assert.deepStrictEqual(missing, [])
  })

  it.effect.each(
    SourceContract.rules({ source: Source.fromEntities("made", EntityGenerator.make({ records: 3000 })) })
  )("makes entities for a source in memory that keeps its contract: $name", ({ check }) => check)
})
