import { BatchBuilder, type Entity, Leftovers, Timestamp, Wire } from "@chatferry/core"
import { assert, describe, it } from "@effect/vitest"

const isBlank = (value: unknown) => value === undefined || value === null || value === ""

const fields: Leftovers.Fields = {
  kind: "user",
  read: ["id", "name"],
  kept: ["badge"],
  dropped: ["online"],
  readable: { name: Wire.isText }
}

const judge = (of: Leftovers.Fields = fields, options: Partial<Leftovers.Options> = {}) => {
  const out = new BatchBuilder.BatchBuilder()
  return { out, leftovers: new Leftovers.Leftovers(of, { isBlank, ...options }, out) }
}

const nested = (levels: number): unknown => {
  let value: unknown = 1
  for (let i = 0; i < levels; i++) value = [value]
  return value
}

describe("keep", () => {
  it("makes a bag when there is none, and puts further values into it", () => {
    const bag = Leftovers.keep(undefined, "a", 1)
    assert.strictEqual(Leftovers.keep(bag, "b", null), bag)
    assert.deepStrictEqual(bag, { a: 1, b: null })
  })

  it("keeps a field that is named like an object's prototype as a field", () => {
    const bag = Leftovers.keep(undefined, "__proto__", { polluted: true })
    assert.deepStrictEqual(Object.keys(bag), ["__proto__"])
    assert.notProperty(bag, "polluted")
    assert.strictEqual(JSON.stringify(bag), '{"__proto__":{"polluted":true}}')
  })

  it("gives up on the record when a value is nested more than 100 deep", () => {
    const bag = Leftovers.keep(undefined, "a", nested(100))
    assert.notStrictEqual(bag, Leftovers.TOO_DEEP)
    assert.strictEqual(Leftovers.keep(bag, "b", nested(101)), Leftovers.TOO_DEEP)
    assert.strictEqual(Leftovers.keep(Leftovers.TOO_DEEP, "c", 1), Leftovers.TOO_DEEP)
    assert.deepStrictEqual(Leftovers.TOO_DEEP, {})
  })
})

describe("Leftovers", () => {
  it("puts unreadable, kept and unknown fields into the bag, in this order", () => {
    const { leftovers, out } = judge()
    const bag = leftovers.into({ before: 1 }, { other: "o", badge: "b", name: ["n"], id: "u", online: true })
    assert.strictEqual(JSON.stringify(bag), '{"before":1,"name":["n"],"badge":"b","other":"o"}')
    assert.deepStrictEqual(out.take().notes, {
      "field_dropped.user.online": 1,
      "unreadable_field.user.name": 1
    })
  })

  it("keeps unknown fields though they are blank, others only with something in them", () => {
    const { leftovers, out } = judge()
    const bag = leftovers.into(undefined, { other: "", badge: "", name: null, online: "", cell: undefined })
    assert.deepStrictEqual(bag, { other: "" })
    assert.deepStrictEqual(out.take().notes, {})
  })

  it("makes no bag of a record whose fields are all read", () => {
    const { leftovers } = judge()
    assert.isUndefined(leftovers.into(undefined, { id: "u", name: "n" }))
  })

  it("asks what a field stands beside whether it can be read", () => {
    const { leftovers } = judge({
      kind: "user",
      read: ["a", "b"],
      dropped: [],
      readable: { a: (_, wire) => wire["b"] === 1 }
    })
    assert.isUndefined(leftovers.into(undefined, { a: "x", b: 1 }))
    assert.deepStrictEqual(leftovers.into(undefined, { a: "x", b: 2 }), { a: "x" })
  })

  it("leaves secrets out wherever they are, and counts them", () => {
    const { leftovers, out } = judge(fields, { isSecret: (field) => field === "token" })
    assert.isUndefined(leftovers.into(undefined, { id: "u", token: "t" }))
    leftovers.drop({ id: "u", token: "t" })
    leftovers.drop({ id: "u", token: "" })
    assert.deepStrictEqual(out.take().notes, { "secret_dropped.user.token": 2 })
  })

  it("counts what it drops, unknown fields as others", () => {
    const { leftovers, out } = judge()
    leftovers.drop({ id: "u", online: 1, what: 1, ever: "", else: 2 })
    assert.deepStrictEqual(out.take().notes, {
      "field_dropped.user.online": 1,
      "field_dropped.user.other": 2
    })
  })

  it("judges each record by its own fields, however many shapes there are", () => {
    const names = ["id", "name", "badge", "online", "x", "y", "z"]
    const shapes = Array.from({ length: 2 ** names.length }, (_, bits) =>
      names.filter((_name, i) => (bits & (1 << i)) !== 0)
    )
    const { leftovers } = judge()
    for (const round of [shapes, shapes.toReversed(), shapes]) {
      for (const shape of round) {
        const wire = Object.fromEntries(shape.map((name) => [name, name]))
        const kept = Object.keys(leftovers.into(undefined, wire) ?? {})
        assert.sameMembers(
          kept,
          shape.filter((name) => ["badge", "x", "y", "z"].includes(name))
        )
      }
    }
  })

  it("lets a provider say what becomes of unknown fields", () => {
    class Prefixed extends Leftovers.Leftovers {
      protected override keepUnknown(
        bag: Leftovers.Bag | undefined,
        wire: Wire.Wire,
        unknown: ReadonlyArray<string>
      ): Leftovers.Bag | undefined {
        let filled = bag
        for (const field of unknown) filled = Leftovers.keep(filled, `x_${field}`, wire[field])
        return filled
      }
    }
    const leftovers = new Prefixed(fields, { isBlank }, new BatchBuilder.BatchBuilder())
    assert.deepStrictEqual(leftovers.into(undefined, { badge: 1, other: 2 }), { badge: 1, x_other: 2 })
  })

  it("is made once for each kind of record", () => {
    const rest = Leftovers.perKind((of) => judge(of).leftovers)
    assert.strictEqual(rest(fields), rest(fields))
    assert.notStrictEqual(rest({ ...fields }), rest(fields))
  })
})

describe("timeSetter", () => {
  const setTime = Leftovers.timeSetter((value) =>
    value === 0
      ? undefined
      : typeof value === "string"
        ? (Timestamp.fromText(value) ?? Wire.UNREADABLE)
        : Wire.UNREADABLE
  )

  it("sets a time, leaves out none, and keeps and counts what is no time", () => {
    const out = new BatchBuilder.BatchBuilder()
    const draft: Partial<Entity.Draft<Entity.Entity<"user">>> = {}
    const wire = { created: "2020-01-02T03:04:05Z", updated: 0, seen: "never", gone: [1] }
    let bag: Leftovers.Bag | undefined
    bag = setTime(draft, "createdAt", wire, "created", bag, "user", { out })
    bag = setTime(draft, "updatedAt", wire, "updated", bag, "user", { out })
    assert.isUndefined(bag)
    bag = setTime(draft, "lastSeenAt", wire, "seen", bag, "user", { out })
    bag = setTime(draft, "deletedAt", wire, "gone", bag, "user", { out })
    assert.deepStrictEqual<unknown>(draft, { createdAt: "2020-01-02T03:04:05Z" })
    assert.deepStrictEqual(bag, { seen: "never", gone: [1] })
    assert.deepStrictEqual(out.take().notes, {
      "unreadable_time.user.gone": 1,
      "unreadable_time.user.seen": 1
    })
  })
})
