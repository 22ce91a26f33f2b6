// Code that the compiler must reject: an unused directive is an error.
import { RawRecord } from "@chatferry/connector"
import { assert, it } from "@effect/vitest"
import { flag, id, pigeon, text, userId, users } from "./pigeon.ts"

const { field } = RawRecord

it("a table has every required field of the model with its type", () => {
  users.table({ id })
  // @ts-expect-error a required field is missing
  users.table({})
  // @ts-expect-error it may be missing and has no fallback
  users.table({ id: field(userId, "id") })
  // @ts-expect-error a text is not the id of a user
  users.table({ id: field(text, "id").orReject("missing_id", "") })
  // @ts-expect-error isBot is not a text
  users.table({ id, isBot: field(text, "bot") })
  // @ts-expect-error the model has no such field
  users.table({ id, nickname: field(text, "nickname") })
  // @ts-expect-error `always` that may return undefined is not enough for a required field
  users.table({ id: users.always([field(userId, "id")], (_, found) => found) })
  // @ts-expect-error a part cannot be mapped
  assert.isDefined(pigeon.part<{ readonly a?: string }>("part").table({ a: field(text, "a") }).map)
  users.table({
    id,
    isBot: users.from([field(flag, "bot"), field(text, "kind")], (x, isBot, kind) => {
      isBot satisfies boolean | undefined
      x.set("name", kind)
      // @ts-expect-error the name is a text
      x.set("name", isBot)
      return isBot
    })
  })
})

it("a table requires its provider's context and its own additions", () => {
  interface Context extends RawRecord.BaseContext {
    readonly team: string
  }
  const kit = RawRecord.provider<Context>({ name: "x", isBlank: () => false }).kind("user")
  const table = kit.table({
    id: field(userId, "id").orReject("missing_id", ""),
    name: field(text, "name").or((context: Context) => context.team)
  })
  // @ts-expect-error the context lacks the team
  assert.throws(() => table.read({ id: 1 }, {}))
})
