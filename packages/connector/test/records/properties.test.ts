// What holds for all records, whatever stands in their fields.
import { RawRecord } from "@chatferry/connector"
import { type Entity } from "@chatferry/core"
import { BatchBuilder } from "@chatferry/core/run"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { runs } from "../../../../test/runs.ts"
import { flag, id, isBlank, text, UNREADABLE, users } from "./pigeon.ts"

const { any, field, kept, list } = RawRecord

const makeTable = () =>
  users.table(
    {
      id,
      name: field(text, "name", "nick"),
      isBot: field(flag, "bot"),
      teams: list(text, "teams"),
      language: users.from([any("locale")], (x, locale) => {
        if (typeof locale === "string" && locale !== "") return locale
        x.unreadable("locale")
        return undefined
      })
    },
    { kept: ["badge", kept(["mood", "feeling"])], dropped: ["online", "seen"], elsewhere: ["friends"] }
  )
const table = makeTable()

const NAMES = [
  "id",
  "name",
  "nick",
  "bot",
  "teams",
  "locale",
  "badge",
  "mood",
  "feeling",
  "online",
  "seen",
  "token",
  "new",
  "constructor"
]

/** Often what a field should hold, and often not. */
const Value = Schema.Union([
  Schema.Json,
  Schema.Boolean,
  Schema.Literals(["", "en", "de"]),
  Schema.Array(Schema.String),
  Schema.Struct({ token: Schema.Json, a: Schema.Json })
])
const Fields = Schema.Array(Schema.Tuple([Schema.Literals(NAMES), Value]))
const recordOf = (fields: typeof Fields.Type): RawRecord.Raw => Object.fromEntries([["id", 7], ...fields])

const hasToken = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  (Object.hasOwn(value, "token") || Object.values(value).some(hasToken))

const read = (raw: RawRecord.Raw, by = table) => {
  const out = new BatchBuilder.BatchBuilder()
  by.map(raw, { out })
  return out.take()
}

describe("a record", () => {
  it.prop(
    "has each of its values in the model, in the extras or among what is counted",
    [Fields],
    ([fields]) => {
      const raw = recordOf(fields)
      const { notes, records } = read(raw)
      if (records.length === 0) {
        assert.isTrue(isBlank(raw["id"]) || text(raw["id"]) === UNREADABLE)
        return
      }
      const entity = records[0] as Entity.Entity<"user">
      const extras: Readonly<Record<string, unknown>> = entity.custom?.["pigeon"] ?? {}
      const isKept = (name: string) => Object.hasOwn(extras, name)
      for (const [name, value] of Object.entries(raw)) {
        const isUnreadable = notes[`unreadable_field.user.${name}`] === 1
        if (isUnreadable) assert.isTrue(isKept(name), name)
        if (isKept(name) && !hasToken(value) && name !== "mood") assert.deepStrictEqual(extras[name], value)
        if (isBlank(value)) assert.isFalse(isUnreadable, name)
        else if (name === "token") assert.isAtLeast(notes["secret_dropped.user.token"] ?? 0, 1)
        else if (name === "online" || name === "seen")
          assert.strictEqual(notes[`field_dropped.user.${name}`], 1)
        else if (name === "feeling") assert.isTrue(isKept("feeling") || isKept("mood"))
        else {
          const isInModel =
            (name === "id" && entity.id === text(value)) ||
            ((name === "name" || name === "nick") && entity.name === text(value)) ||
            (name === "bot" && entity.isBot === value) ||
            (name === "locale" && entity.language === value) ||
            name === "teams"
          assert.isTrue(isInModel || isKept(name), name)
        }
      }
      assert.isFalse(hasToken(entity))
    },
    runs(100)
  )

  it.prop(
    "is read as by a table that has read nothing else",
    [Schema.Array(Fields)],
    ([many]) => {
      const shared = makeTable()
      for (const fields of many) {
        const raw = recordOf(fields)
        const { notes, records, rejected } = read(raw, shared)
        const alone = read(raw, makeTable())
        assert.strictEqual(JSON.stringify([records, rejected, notes]), JSON.stringify(Object.values(alone)))
      }
    },
    runs(100)
  )

  it.prop(
    "is counted the same alone and among others",
    [Schema.Array(Fields)],
    ([many]) => {
      const out = new BatchBuilder.BatchBuilder()
      const sums = new Map<string, number>()
      for (const fields of many) {
        const raw = recordOf(fields)
        table.map(raw, { out })
        for (const [code, count] of Object.entries(read(raw).notes))
          sums.set(code, (sums.get(code) ?? 0) + count)
      }
      assert.deepStrictEqual(out.take().notes, Object.fromEntries(sums))
    },
    runs(100)
  )

  it.prop(
    "has its fields in the order of the table, whatever order it has",
    [Fields],
    ([fields]) => {
      const raw = recordOf(fields)
      const turned = Object.fromEntries(Object.entries(raw).toReversed())
      const withoutExtras = ({ records: [one] }: ReturnType<typeof read>) => {
        if (one === undefined) return ""
        const { custom: _, ...rest } = one
        return JSON.stringify(rest)
      }
      assert.strictEqual(withoutExtras(read(turned)), withoutExtras(read(raw)))
    },
    runs(100)
  )
})
