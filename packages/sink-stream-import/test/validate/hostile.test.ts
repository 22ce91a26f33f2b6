import { StreamImportValidator } from "@chatferry/sink-stream-import"
import { HostileJson } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema, Stream } from "effect"
import { isMany, property, runs } from "../../../../test/runs.ts"
import { codes, write } from "./files.ts"
import {
  type Dialect,
  dialects,
  fileOf,
  itemWith,
  type Location,
  locations,
  pointerTo,
  strict,
  survive,
  surviveAll
} from "./hostile.ts"
import { screen } from "./terminal.ts"

const of = (dialect: Dialect) => locations.filter((location) => location.dialect === dialect)

const itemOf = (location: Location, { json, name }: HostileJson.Shape) => ({
  name: `${name.slice(0, 60)} at ${[location.type, ...location.path].join(".")}`,
  json: itemWith(location, json)
})

describe("JSON of any shape", () => {
  it.effect.each(dialects)(
    "at every field that is checked ends in a report in the dialect %s",
    (dialect) =>
      Effect.gen(function* () {
        const checked = of(dialect).filter(({ isChecked }) => isChecked)
        assert.isAbove(checked.length, 60)
        for (const [i, location] of checked.entries()) {
          // Every shape is somewhere, and every field has some of each kind.
          const shapes = HostileJson.shapes.filter((_, j) => isMany || (i + j) % 5 === 0)
          const items = shapes.map((shape) => itemOf(location, shape))
          yield* surviveAll(dialect, items, strict)
        }
      }),
    property
  )

  it.effect.each(dialects)("at every known name gives a report in the dialect %s", (dialect) =>
    Effect.gen(function* () {
      const { shapes } = HostileJson
      const items = of(dialect).flatMap((location, i) =>
        [0, 1, 2, 3].map((j) =>
          itemOf(location, shapes[(i * 7 + j * 31) % shapes.length] as HostileJson.Shape)
        )
      )
      for (let i = 0; i < items.length; i += 40)
        yield* surviveAll(dialect, items.slice(i, i + 40), { examples: 3 })
    })
  )

  it.effect.each(dialects)("is an error where a field expects another type in the dialect %s", (dialect) =>
    Effect.gen(function* () {
      for (const location of of(dialect).filter(({ isChecked }) => isChecked)) {
        const content = fileOf(dialect, [itemWith(location, '{"toString":1}')])
        const { errors } = yield* survive(content, { dialect })
        const pointer = pointerTo(location)
        const found = errors.flatMap(({ examples }) => examples)
        assert.isTrue(
          found.some((one) => one.pointer.startsWith(pointer)),
          `${location.type} ${pointer}: ${found.map((one) => one.pointer).join()}`
        )
      }
    })
  )

  it.effect.each(dialects)("around items gives a report in the dialect %s", (dialect) =>
    Effect.gen(function* () {
      const key = dialect === "jsonl" ? "data" : "item"
      const around = (json: string) => [
        json,
        `{"type":${json}}`,
        `{"type":${json},"${key}":{}}`,
        `{"type":"user","${key}":${json}}`,
        `{"type":"user","${key}":{"id":"a"},"more":${json}}`,
        `{"type":"user","type":${json},"${key}":{"id":"a"}}`
      ]
      const keyed = (json: string) => [
        `{${json}:1}`,
        `{"type":"user","${key}":{"id":"a"},${json}:1}`,
        `{"type":"user","${key}":{"id":"a",${json}:1}}`,
        `{"type":"device","${key}":{"id":"a",${json}:1}}`,
        `{"type":"user","${key}":{"id":"a","teams_role":{${json}:1}}}`,
        `{"type":"user","${key}":{"id":"a","privacy_settings":{${json}:{${json}:1}}}}`,
        `{"type":"message","${key}":{"id":"a","attachments":[{${json}:null}]}}`
      ]
      const items = [
        ...HostileJson.shapes.flatMap((shape) => around(shape.json)),
        ...HostileJson.keys.flatMap(keyed)
      ].map((json) => ({ name: json.slice(0, 200), json }))
      for (let i = 0; i < items.length; i += 40) yield* surviveAll(dialect, items.slice(i, i + 40), strict)
    })
  )
})

describe("arbitrary JSON", () => {
  const Case = Schema.Struct({
    dialect: Schema.Literals(dialects),
    seed: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000_000 })),
    isStrict: Schema.Boolean
  })

  it.effect.prop(
    "at any three fields of an item gives a report",
    [Case],
    ([{ dialect, isStrict, seed }]) => {
      const next = HostileJson.make(seed)
      const known = of(dialect)
      const items = Array.from({ length: 20 }, (_, i) => {
        const location = known[(seed + i * 37) % known.length] as Location
        const same = known.filter(({ path, type }) => type === location.type && path.length > 0)
        const others = [3, 5].map(
          (step) => [(same[(seed + i * step) % same.length] as Location).path, next()] as const
        )
        return {
          name: `number ${i} of seed ${seed}`,
          json: itemWith(location, next(), ...(location.path.length === 0 ? [] : others))
        }
      })
      return Effect.asVoid(surviveAll(dialect, items, isStrict ? strict : { examples: 3 }))
    },
    runs(25, 1000)
  )

  it.effect.prop(
    "instead of items gives a report",
    [Case],
    ([{ dialect, isStrict, seed }]) => {
      const next = HostileJson.make(seed)
      const items = Array.from({ length: 20 }, (_, i) => ({
        name: `number ${i} of seed ${seed}`,
        json: next()
      }))
      return Effect.asVoid(surviveAll(dialect, items, isStrict ? strict : { examples: 3 }))
    },
    runs(12, 500)
  )
})

describe("nesting", () => {
  const at = (dialect: Dialect, type: string, ...path: Location["path"]): Location => ({
    dialect,
    type,
    path,
    isChecked: true
  })
  const cases = dialects.flatMap((dialect) => {
    const whole = [
      { name: "in place of an item", json: (deep: string) => deep, code: "envelope_not_object" },
      {
        name: "as the type of an item",
        json: (deep: string) => `{"type":${deep}}`,
        code: "item_type_unknown"
      }
    ]
    const inItems = [
      { name: "in place of the fields", location: at(dialect, "user"), code: "item_not_object" },
      { name: "at an unknown field", location: at(dialect, "user", "own"), code: "nested_too_deeply" },
      {
        name: "at custom",
        location: at(dialect, "message", "custom"),
        code: dialect === "jsonl" ? "field_ambiguous" : "field_type"
      },
      { name: "at a known field", location: at(dialect, "message", "text"), code: "field_type" },
      { name: "at an id", location: at(dialect, "message", "id"), code: "field_type" },
      { name: "in a list", location: at(dialect, "user", "teams", 0), code: "field_type" },
      {
        name: "at a key of an attachment",
        location: at(dialect, "message", "attachments", 0, "own"),
        code: "nested_too_deeply"
      },
      {
        name: "at a known key of an attachment",
        location: at(dialect, "message", "attachments", 0, "image_url"),
        code: "field_type"
      }
    ].map(({ code, name, location }) => ({ name, code, json: (deep: string) => itemWith(location, deep) }))
    return [...whole, ...inItems].flatMap(({ code, json, name }) =>
      [8000, 100_000].map((levels) => ({ code, json, name, dialect, levels }))
    )
  })

  it.effect.each(cases)(
    "of $levels arrays $name gives a report in the dialect $dialect",
    ({ code, dialect, json, levels }) =>
      Effect.gen(function* () {
        const deep = json(HostileJson.nested(levels))
        assert.include(
          codes(yield* survive(fileOf(dialect, [deep, deep]), { dialect, settings: strict })),
          code
        )
      })
  )

  it.effect.each(dialects)("of 100,000 objects gives a report in the dialect %s", (dialect) =>
    Effect.gen(function* () {
      const deep = HostileJson.nested(100_000, "objects")
      for (const location of [at(dialect, "user", "own"), at(dialect, "message", "attachments", 0, "own")]) {
        const result = yield* survive(fileOf(dialect, [itemWith(location, deep)]), {
          dialect,
          settings: strict
        })
        assert.include(codes(result), "nested_too_deeply")
      }
      assert.include(codes(yield* survive(fileOf(dialect, [deep]), { dialect })), "envelope_key_required")
    })
  )

  it.effect.each(dialects)(
    "beyond the limit is an error of the item, and other items are read, in the dialect %s",
    (dialect) =>
      Effect.gen(function* () {
        const cases: ReadonlyArray<readonly [string, StreamImportValidator.Code]> = [
          [HostileJson.nested(200_000, "arrays", `"${"x".repeat(1 << 20)}"`), "item_nested_too_deeply"],
          [HostileJson.nested(1_000_000), "item_too_large"]
        ]
        for (const [deep, code] of cases) {
          const key = dialect === "jsonl" ? "data" : "item"
          const items = [deep, "1"].map((own, i) => `{"type":"user","${key}":{"id":"u${i}","own":${own}}}`)
          const result = yield* survive(fileOf(dialect, items), { dialect })
          assert.deepStrictEqual(
            result.errors.map((group) => [group.code, group.count]),
            [[code, 1]]
          )
          assert.deepStrictEqual(result.items, { user: 1 })
        }
      })
  )

  it.effect.each(dialects)("without an end is not valid JSON in the dialect %s", (dialect) =>
    Effect.gen(function* () {
      const result = yield* survive("[".repeat(300_000), { dialect })
      assert.isFalse(result.isValid)
      assert.isAbove(
        Number(codes(result).includes("json_invalid")) + Number(codes(result).includes("array_truncated")),
        0
      )
    })
  )
})

describe("a very frequent problem in one item", () => {
  it.effect.each(dialects)("is listed a hundred times and fully counted in the dialect %s", (dialect) =>
    Effect.gen(function* () {
      const location: Location = { dialect, type: "user", path: ["teams"], isChecked: true }
      const content = fileOf(dialect, [
        itemWith(location, `[${"1,".repeat(249_999)}1]`),
        itemWith(location, "[1,2]")
      ])
      const [path = ""] = yield* write([content])
      const options: StreamImportValidator.Options = { files: [path], settings: { examples: 1000 } }
      const found = yield* Stream.runCollect(StreamImportValidator.findings(options))
      const wrong = found.filter(({ code }) => code === "field_type")
      assert.deepStrictEqual(
        [wrong.length, ...wrong.map(({ times }) => times).filter((times) => times > 1)],
        [102, 249_901]
      )
      const result = yield* StreamImportValidator.validate(options)
      const group = result.errors.find(({ code }) => code === "field_type")
      assert.deepStrictEqual([group?.count, group?.examples.length], [250_002, 102])
      const shown = screen(StreamImportValidator.format(result)).join("\n")
      assert.include(shown, "250,002 × field_type")
      assert.include(shown, ", and 249,900 more in this item")
      assert.notMatch(shown, /^ {2}and .* more$/mu)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})
