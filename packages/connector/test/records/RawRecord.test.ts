import { RawRecord, RawValue } from "@chatferry/connector"
import { type Entity } from "@chatferry/core"
import { BatchBuilder } from "@chatferry/core/run"
import { assert, describe, it } from "@effect/vitest"
import {
  flag,
  id,
  mapped,
  nestedDeep,
  only,
  pigeon,
  text,
  time,
  UNREADABLE,
  userId,
  users
} from "./pigeon.ts"

const { any, field, kept, list, nested, nestedList } = RawRecord

describe("a field", () => {
  const table = users.table({
    id,
    name: field(text, "name", "nick").or(() => "nobody"),
    isBot: field(flag, "bot"),
    createdAt: field(time, "at")
  })

  it("is read from its first spelling with a value", () => {
    assert.deepStrictEqual<unknown>(only(table, { id: 1, nick: "Ada", bot: false }).entity, {
      _tag: "user",
      id: "1",
      name: "Ada",
      isBot: false
    })
  })

  it("goes to the extras under another spelling with a different value, and nothing is counted", () => {
    assert.deepStrictEqual<unknown>(only(table, { id: 1, nick: "A", name: "Ada" }), {
      entity: { _tag: "user", id: "1", name: "Ada", custom: { pigeon: { nick: "A" } } },
      notes: {}
    })
    assert.notProperty(only(table, { id: 1, nick: "Ada", name: "Ada" }).entity, "custom")
  })

  it("is the same in two spellings with equal lists", () => {
    const lists = users.table({ id, teams: list(text, "teams", "groups") })
    assert.notProperty(only(lists, { id: 1, teams: ["a", 2], groups: ["a", "2"] }).entity, "custom")
    const { entity } = only(lists, { id: 1, teams: ["a"], groups: ["b"] })
    assert.deepStrictEqual<unknown>([entity.teams, entity.custom], [["a"], { pigeon: { groups: ["b"] } }])
  })

  it("is kept and counted if its type is unexpected, and another spelling is read instead", () => {
    assert.deepStrictEqual<unknown>(only(table, { id: 1, name: { en: "A" }, nick: "Ada", bot: "perhaps" }), {
      entity: {
        _tag: "user",
        id: "1",
        name: "Ada",
        custom: { pigeon: { name: { en: "A" }, bot: "perhaps" } }
      },
      notes: { "unreadable_field.user.name": 1, "unreadable_field.user.bot": 1 }
    })
  })

  it("has its fallback if no spelling has a value", () => {
    assert.deepStrictEqual<unknown>(only(table, { id: 1, name: "", nick: null }), {
      entity: { _tag: "user", id: "1", name: "nobody" },
      notes: {}
    })
  })

  it.each([undefined, "", null, [], {}])("is ignored if it is blank: %j", (nothing) => {
    assert.deepStrictEqual<unknown>(only(table, { id: 1, bot: nothing, at: nothing }), {
      entity: { _tag: "user", id: "1", name: "nobody" },
      notes: {}
    })
  })

  it("that is missing rejects the record, and nothing is counted for the record", () => {
    const late = users.table({
      name: field(text, "name"),
      id,
      imageUrl: users.from([field(text, "picture")], (x) => x.note("field_dropped.picture"))
    })
    const record = { name: { en: "A" }, picture: "p", id: {}, token: "t", other: 1 }
    const { notes, records, rejected } = mapped(late, record)
    assert.deepStrictEqual([notes, records], [{}, []])
    assert.deepStrictEqual<unknown>(rejected, [
      { kind: "user", code: "missing_id", message: "id is missing", location: "", original: record }
    ])
  })
})

describe("a list", () => {
  const table = users.table({ id, teams: list(text, "teams") })

  it("has its elements, without blank ones", () => {
    assert.deepStrictEqual<unknown>(only(table, { id: 1, teams: ["a", "", null, 2] }), {
      entity: { _tag: "user", id: "1", teams: ["a", "2"] },
      notes: {}
    })
  })

  it("has its readable elements, and is kept as a whole if there are others", () => {
    assert.deepStrictEqual<unknown>(only(table, { id: 1, teams: ["a", { b: 1 }] }), {
      entity: { _tag: "user", id: "1", teams: ["a"], custom: { pigeon: { teams: ["a", { b: 1 }] } } },
      notes: { "unreadable_field.user.teams": 1 }
    })
  })

  it.each([[{ a: 1 }], ["a"]])("that is not an array is kept: %j", (teams) => {
    const { entity, notes } = only(table, { id: 1, teams })
    assert.deepStrictEqual<unknown>(entity, { _tag: "user", id: "1", custom: { pigeon: { teams } } })
    assert.deepStrictEqual(notes, { "unreadable_field.user.teams": 1 })
  })
})

describe("a record inside", () => {
  interface Address {
    readonly street: string
    readonly custom?: NonNullable<Entity.Entity["custom"]>
  }
  const part = pigeon
    .part<Address>("user.address", "user")
    .table(
      { street: field(text, "street").orReject("missing_street", "street is missing") },
      { dropped: ["seen"] }
    )
  const scalar: RawRecord.Read<Address> = (value) =>
    typeof value === "string" ? { street: value } : UNREADABLE
  const table = users.table({
    id,
    name: users.from(
      [nested(part, "home", scalar), nestedList(part, "others", scalar)],
      (x, home, others) => {
        x.set(
          "teams",
          others?.map(({ street }) => street)
        )
        if (home?.custom !== undefined) x.keep("home", home.custom)
        return home?.street
      }
    )
  })

  it("is read by its own table, which keeps and counts separately", () => {
    const home = { street: "Main", seen: 1, floor: 3, token: "t", by: [{ token: "t" }] }
    assert.deepStrictEqual<unknown>(only(table, { id: 1, home }), {
      entity: {
        _tag: "user",
        id: "1",
        name: "Main",
        custom: { pigeon: { home: { pigeon: { floor: 3, by: [{}] } } } }
      },
      notes: { "field_dropped.user.address.seen": 1, "secret_dropped.user.token": 2 }
    })
  })

  it("may be given as a scalar, alone and in a list", () => {
    const { entity } = only(table, { id: 1, home: "Main", others: ["Low", { street: "High" }, null] })
    assert.deepStrictEqual<unknown>(entity, { _tag: "user", id: "1", name: "Main", teams: ["Low", "High"] })
  })

  it("is kept and counted as a whole if its table rejects it", () => {
    const record = { id: 1, home: { seen: 1 }, others: [{ street: "High" }, { seen: 1 }, 5] }
    assert.deepStrictEqual<unknown>(only(table, record), {
      entity: {
        _tag: "user",
        id: "1",
        teams: ["High"],
        custom: { pigeon: { home: record.home, others: record.others } }
      },
      notes: { "unreadable_field.user.home": 1, "unreadable_field.user.others": 1 }
    })
  })

  it("that is empty has no value", () => {
    assert.deepStrictEqual<unknown>(only(table, { id: 1, home: {}, others: [] }), {
      entity: { _tag: "user", id: "1" },
      notes: {}
    })
  })

  it("can be read by a function that chooses, and is kept if it is not a record", () => {
    const chosen = pigeon
      .part<Address>("chosen")
      .table(
        { street: field(text, "street").or(() => "") },
        { isEnough: ({ street }) => street !== "nowhere" }
      )
    const byHand = users.table({
      id,
      name: users.from([any("homes")], (x, homes) =>
        RawValue.list(homes).reduce<string | undefined>(
          (_, one) => x.part(chosen, "homes", one)?.street,
          undefined
        )
      )
    })
    assert.strictEqual(only(byHand, { id: 1, homes: [{ street: "a" }, { street: "b" }] }).entity.name, "b")
    for (const one of ["Main", { street: "nowhere" }]) {
      assert.deepStrictEqual<unknown>(only(byHand, { id: 1, homes: [one] }), {
        entity: { _tag: "user", id: "1", custom: { pigeon: { homes: [one] } } },
        notes: { "unreadable_field.user.homes": 1 }
      })
    }
  })
})

describe("a function of a table", () => {
  it("is called only for records with one of its fields, unless it is declared with always", () => {
    const calls: Array<unknown> = []
    const table = users.table({
      id,
      name: users.from([field(text, "a"), field(text, "b")], (_, ...values) => {
        calls.push(values)
        return undefined
      }),
      isBot: users.always([field(flag, "bot")], (_, isBot) => isBot ?? true)
    })
    const { records } = mapped(table, { id: 1 }, { id: 2, b: "x", bot: false })
    assert.deepStrictEqual(calls, [[undefined, "x"]])
    assert.deepStrictEqual<unknown>(records, [
      { _tag: "user", id: "1", isBot: true },
      { _tag: "user", id: "2", isBot: false }
    ])
  })

  it("sees only the fields above it, and sets others after its own", () => {
    const table = users.table({
      id,
      name: users.from([field(text, "name")], (x, name) => {
        assert.deepStrictEqual<unknown>({ ...x.draft }, { _tag: "user", id: "1" })
        x.set("role", "guest")
        x.set("language", undefined)
        return name
      }),
      isBot: field(flag, "bot")
    })
    const { records } = mapped(table, { bot: true, name: "Ada", id: 1 }, { id: 2, bot: true })
    assert.deepStrictEqual(
      records.map((one) => Object.keys(one)),
      [
        ["_tag", "id", "name", "role", "isBot"],
        ["_tag", "id", "isBot"]
      ]
    )
  })

  it("may reject by returning undefined", () => {
    const table = users.table({
      id: users
        .from([field(userId, "a"), field(userId, "b")], (_, a, b) => (a === b ? a : undefined))
        .orReject("unequal", "a is not b")
    })
    const { records, rejected } = mapped(table, { a: 1, b: 1 }, { a: 1, b: 2 }, {})
    assert.deepStrictEqual([records.length, rejected.map(({ code }) => code)], [1, ["unequal", "unequal"]])
  })
})

describe("fields beside the model", () => {
  it("are in the order of the table, unreadable and unknown ones in that of the record", () => {
    const table = users.table(
      {
        id,
        name: field(text, "name"),
        isBot: users.from([field(flag, "bot")], (x) => x.keep("first", 1) as undefined)
      },
      {
        kept: ["badge", kept(["mood", "feeling"]), kept(["level"], { read: flag })],
        also: [users.from([any("phone")], (x, phone) => x.keep("phone", phone)), field(flag, "judged")]
      }
    )
    const { entity, notes } = only(table, {
      z: 1,
      judged: "j",
      name: ["n"],
      phone: 5,
      level: "high",
      feeling: "good",
      badge: "b",
      a: 2,
      bot: true,
      id: 1
    })
    assert.deepStrictEqual(Object.entries(entity.custom?.["pigeon"] ?? {}), [
      ["first", 1],
      ["badge", "b"],
      ["mood", "good"],
      ["phone", 5],
      ["judged", "j"],
      ["name", ["n"]],
      ["level", "high"],
      ["z", 1],
      ["a", 2]
    ])
    assert.deepStrictEqual(
      Object.keys(notes),
      ["judged", "level", "name"].map((name) => `unreadable_field.user.${name}`)
    )
  })

  it("that are kept under several spellings keep each value", () => {
    const table = users.table(
      { id },
      { kept: [kept(["mood", "feeling"], { isNothing: (value) => value === 0 })] }
    )
    assert.deepStrictEqual(only(table, { id: 1, feeling: "good", mood: 0 }).entity.custom?.["pigeon"], {
      mood: "good"
    })
    assert.deepStrictEqual(only(table, { id: 1, feeling: "good", mood: "bad" }).entity.custom?.["pigeon"], {
      mood: "bad",
      feeling: "good"
    })
  })

  it("are counted if they are dropped and not blank, and not if the caller reads them", () => {
    const table = users.table({ id }, { dropped: ["online", "seen"], elsewhere: ["friends"] })
    assert.deepStrictEqual<unknown>(only(table, { id: 1, online: true, seen: null, friends: [1] }), {
      entity: { _tag: "user", id: "1" },
      notes: { "field_dropped.user.online": 1 }
    })
  })

  it("that are secret never leave the source, at any depth", () => {
    const { entity, notes } = only(users.table({ id }), {
      id: 1,
      token: "S",
      a: [{ token: "S", b: 1 }],
      c: 1
    })
    assert.deepStrictEqual<unknown>(entity.custom, { pigeon: { a: [{ b: 1 }], c: 1 } })
    assert.deepStrictEqual(notes, { "secret_dropped.user.token": 2 })
  })

  it.each(["constructor", "toString", "__proto__", "hasOwnProperty"])("may be named %s", (name) => {
    const record = JSON.parse(`{"id":1,"${name}":{"a":1}}`) as object
    const { entity } = only(users.table({ id }), record)
    assert.strictEqual(JSON.stringify(entity.custom), `{"pigeon":{"${name}":{"a":1}}}`)
    assert.deepStrictEqual<unknown>(only(users.table({ id }), { id: 1 }).entity, { _tag: "user", id: "1" })
  })

  it("that are unknown are kept only if not blank, if the table says so", () => {
    const table = users.table({ id }, { unknown: "keepUnlessBlank" })
    assert.deepStrictEqual(only(table, { id: 1, a: null, b: 2 }).entity.custom, { pigeon: { b: 2 } })
    assert.deepStrictEqual(only(users.table({ id }), { id: 1, a: null, b: undefined }).entity.custom, {
      pigeon: { a: null }
    })
  })

  it("are all counted and none kept if the table drops them", () => {
    const table = users.table({ id, name: field(text, "name", "nick") }, { unknown: "drop" })
    assert.deepStrictEqual<unknown>(only(table, { id: 1, name: { en: "A" }, a: 1, b: null, c: 2 }), {
      entity: { _tag: "user", id: "1" },
      notes: { "field_dropped.user.name": 1, "field_dropped.user.other": 2 }
    })
    assert.deepStrictEqual(only(table, { id: 1, name: "Ada", nick: "A" }).notes, {
      "field_dropped.user.nick": 1
    })
  })

  it("may be in a separate object or next to the others, if a function handles them", () => {
    const table = users.table(
      { id, name: field(text, "name") },
      {
        elsewhere: ["custom"],
        unknown: (x, names) => {
          const own = RawValue.isObject(x.raw["custom"]) ? x.raw["custom"] : {}
          for (const name of Object.keys(own)) x.keep(name, own[name])
          for (const name of names) {
            if (x.isKept(name)) x.note("custom_field_twice")
            x.keep(name, x.raw[name])
          }
        }
      }
    )
    assert.deepStrictEqual<unknown>(only(table, { id: 1, custom: { a: 1, b: 2 }, b: 3, c: 4 }), {
      entity: { _tag: "user", id: "1", custom: { pigeon: { a: 1, b: 3, c: 4 } } },
      notes: { custom_field_twice: 1 }
    })
    assert.deepStrictEqual(only(table, { id: 1, custom: { a: 1 } }).entity.custom, { pigeon: { a: 1 } })
  })
})

describe("a value that is nested too deep", () => {
  const deep = nestedDeep(101)
  const part = pigeon.part<{ readonly a?: string }>("part").table({ a: field(text, "a") })
  const table = users.table(
    {
      id,
      name: users.from([nested(part, "inside"), nestedList(part, "all")], () => undefined),
      isBot: field(flag, "bot")
    },
    { kept: ["badge"] }
  )

  it.each([
    { badge: deep },
    { new: deep },
    { bot: deep },
    { inside: { new: deep } },
    { all: [{ new: deep }] }
  ])("rejects the record, wherever it is: case %#", (fields) => {
    const { notes, records, rejected } = mapped(table, { id: 1, ...fields })
    assert.deepStrictEqual(
      [records, rejected.map(({ code, kind }) => [kind, code])],
      [[], [["user", "too_deep"]]]
    )
    assert.deepStrictEqual(notes, "bot" in fields ? { "unreadable_field.user.bot": 1 } : {})
  })

  it("leaves the fields that had been read to the caller", () => {
    const found = table.read({ id: 1, bot: true, new: deep }, { out: new BatchBuilder.BatchBuilder() })
    assert.instanceOf(found, RawRecord.Rejection)
    assert.deepStrictEqual<unknown>(found.draft, { _tag: "user", id: "1", isBot: true })
  })

  it("is ignored if it is not kept", () => {
    const dropping = users.table({ id }, { dropped: ["a"], unknown: "drop" })
    assert.lengthOf(mapped(dropping, { id: 1, a: deep, b: deep }).rejected, 0)
  })
})

describe("a table", () => {
  interface Node {
    readonly name: string
    readonly next?: Node
  }
  const kit = pigeon.part<Node>("node")
  // A function, because the table does not exist yet when the field is made.
  const itself: RawRecord.Part<Node, RawRecord.BaseContext> = {
    read: (raw, context) => node.read(raw, context)
  }
  const node: RawRecord.Part<Node, RawRecord.BaseContext> = kit.table(
    {
      name: field(text, "name").orReject("missing_name", "name is missing"),
      next: nested(itself, "next")
    },
    { dropped: ["weight"] }
  )
  const chain = (length: number): RawRecord.Raw => {
    let value: RawRecord.Raw = { name: String(length), weight: 1 }
    for (let i = length - 1; i > 0; i--) value = { weight: 1, name: String(i), next: value }
    return value
  }

  it("may contain itself", () => {
    const out = new BatchBuilder.BatchBuilder()
    for (let i = 0; i < 3; i++) {
      assert.deepStrictEqual(node.read(chain(3), { out }), {
        name: "1",
        next: { name: "2", next: { name: "3" } }
      })
    }
    assert.deepStrictEqual(out.take().notes, { "field_dropped.node.weight": 9 })
  })

  it("that contains itself too often rejects the record as too deep", () => {
    const out = new BatchBuilder.BatchBuilder()
    assert.notInstanceOf(node.read(chain(101), { out }), RawRecord.Rejection)
    const found = node.read(chain(50_000), { out })
    assert.instanceOf(found, RawRecord.Rejection)
    assert.strictEqual(found.code, RawRecord.declared.tooDeep.code)
  })

  it.each([
    { name: "two fields", make: () => users.table({ id, name: field(text, "id") }) },
    { name: "two spellings", make: () => users.table({ id, name: field(text, "a", "a") }) },
    {
      name: "a field and a source",
      make: () => users.table({ id, name: users.from([any("id")], () => undefined) })
    },
    { name: "a field and a dropped field", make: () => users.table({ id }, { dropped: ["id"] }) },
    {
      name: "a kept field and one read elsewhere",
      make: () => users.table({ id }, { kept: ["a"], elsewhere: ["a"] })
    },
    { name: "a field and a list inside", make: () => users.table({ id }, { each: { id: () => undefined } }) },
    { name: "a field and a secret", make: () => users.table({ id, name: field(text, "token") }) }
  ])("cannot name a field twice: $name", ({ make }) => {
    assert.throws(make, /^the table user names \w+ twice$/u)
  })

  it("of entities cannot have isEnough, which is for parts", () => {
    assert.throws(() => users.table({ id }, { isEnough: () => true }), "the table user has isEnough")
  })

  it("counts for each builder separately, also if they alternate", () => {
    const table = users.table({ id }, { dropped: ["a"] })
    const [one, other] = [new BatchBuilder.BatchBuilder(), new BatchBuilder.BatchBuilder()]
    for (let i = 0; i < 3; i++) table.map({ id: i, a: 1 }, { out: one })
    for (const out of [other, one, other]) table.map({ id: 9, a: 1 }, { out })
    assert.deepStrictEqual(one.take().notes, { "field_dropped.user.a": 4 })
    assert.deepStrictEqual(other.take().notes, { "field_dropped.user.a": 2 })
  })

  it("counts correctly with any number of shapes", () => {
    const dropped = Array.from({ length: 300 }, (_, i) => `d${i}`)
    const table = users.table({ id }, { dropped })
    const out = new BatchBuilder.BatchBuilder()
    for (let round = 0; round < 3; round++) {
      for (const name of dropped) table.map({ id: 1, [name]: 1 }, { out })
    }
    const { notes } = out.take()
    assert.deepStrictEqual(
      dropped.map((name) => notes[`field_dropped.user.${name}`]),
      dropped.map(() => 3)
    )
  })
})

describe("map", () => {
  const table = users.table(
    { id },
    { each: { friends: (values, of, { out }, within) => out.note(`${of.id}${within}:${values.length}`) } }
  )

  it("maps the records inside after pushing the outer one, and keeps a value that is not a list", () => {
    const { notes, records } = mapped(
      table,
      { id: 1, friends: [1, 2] },
      { friends: [1] },
      { id: 2, friends: { a: 1 } },
      { id: 3, friends: [] }
    )
    assert.deepStrictEqual(notes, { "1:2": 1, "unreadable_field.user.friends": 1 })
    assert.deepStrictEqual(records[1]?.custom, { pigeon: { friends: { a: 1 } } })
  })

  it("rejects with the location and the context of a part", () => {
    const out = new BatchBuilder.BatchBuilder()
    out.origin = {
      location: (within) => `file${within}`,
      text: () => undefined,
      context: () => ({ whole: true })
    }
    table.map({ a: 1 }, { out })
    table.map({ a: 1 }, { out }, ".users[2]", () => ({ list: "users" }))
    assert.deepStrictEqual(
      out.take().rejected.map(({ context, location }) => [location, context]),
      [
        ["file", { whole: true }],
        ["file.users[2]", { list: "users" }]
      ]
    )
  })
})
