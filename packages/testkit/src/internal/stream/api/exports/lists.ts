// QueryChannels, QueryUsers and QueryMembers: filters, orders, and pages by offset or by what comes after the last one.
import { json } from "../../../http/answers.ts"
import type { Answer } from "../../../http/httpServer.ts"
import type { StreamApp } from "../../generator/app.ts"
import { plain, second, type Shape, type RawObject } from "../../generator/shape.ts"
import { refusal, refused } from "../answers.ts"
import { type Fields, isFields } from "../items.ts"
import { comparable, isTime } from "../times.ts"
import { matches, ordered, type Row, type Value } from "./filters.ts"
import { CHANNELS, MEMBER_BOUNDS, MEMBERS, type Query, USERS, withCustom } from "./queryables.ts"

export interface Lists {
  readonly channels: (asked: Fields, isV2: boolean) => Answer
  readonly users: (asked: Fields, isV2: boolean) => Answer
  readonly members: (asked: Fields, isV2: boolean) => Answer
}

export const lists = (app: StreamApp): Lists => {
  // Some fields of each thing; deleted ones are in no list.
  let channels: Table | undefined
  let users: Table | undefined

  const allChannels = () =>
    (channels ??= tableOf(
      CHANNELS,
      Array.from(app.rooms())
        .filter(({ deletedAt }) => deletedAt === undefined)
        .map((of) => {
          const wire = app.channelState(of, ROWS, NOTHING)["channel"] as RawObject
          const [created, last] = [keyIn(wire, "created_at"), keyIn(wire, "last_message_at")]
          return rowOf(wire, {
            created_by_id: app.userIds()[of.creator],
            members: of.members.map((user) => app.userIds()[user] ?? ""),
            "member.user.name": of.members.flatMap((user) => textsOf(app.userWire(user, ROWS)["name"])),
            last_updated: String(last ?? "") > String(created) ? last : created
          })
        }),
      false
    ))

  const allUsers = () =>
    (users ??= tableOf(
      USERS,
      app
        .userIds()
        .map((_, user) => rowOf(app.userWire(user, ROWS), {}))
        .filter((_, user) => !app.isDeletedUser(user)),
      true
    ))

  return {
    channels: (asked, isV2) => {
      const found = page(allChannels(), asked)
      if (!("rows" in found)) return found
      const most = {
        messages: asked["state"] === false ? 0 : wholeOf(asked["message_limit"], 25),
        members: asked["state"] === false ? 0 : wholeOf(asked["member_limit"], 100)
      }
      const shape = isV2 ? second : plain
      return json(201, {
        channels: found.rows.flatMap(({ cid }) => {
          const of = app.roomOf(String(cid))
          return of === undefined ? [] : [app.channelState(of, shape, most)]
        }),
        duration: "10.00ms"
      })
    },
    users: (asked, isV2) => {
      const { query, rows } = allUsers()
      const shown = rows.filter(
        ({ deactivated_at: gone }) => gone === undefined || asked["include_deactivated_users"] === true
      )
      const found = page({ query, rows: shown }, asked)
      if (!("rows" in found)) return found
      const shape = isV2 ? second : plain
      return json(200, {
        users: found.rows.flatMap(({ id }): ReadonlyArray<RawObject> => {
          const user = app.userOf(String(id))
          return user === undefined ? [] : [app.userWire(user, shape)]
        }),
        duration: "10.00ms"
      })
    },
    members: (asked, isV2) => {
      const cid = `${String(asked["type"])}:${String(asked["id"])}`
      const of = app.roomOf(cid)
      if (of === undefined || of.deletedAt !== undefined)
        return refused(refusal(16, `QueryMembers failed with error: "Can't find channel with id ${cid}"`))
      const rows = app.memberWires(of, ROWS).map((wire, at) => {
        const user = (wire["user"] ?? {}) as RawObject
        return rowOf(wire, {
          at,
          cid,
          id: String(wire["user_id"]),
          name: valueOf(user["name"]),
          last_active: valueOf(user["last_active"]),
          joined: wire["status"] === "member",
          invite: wire["invited"] === true ? valueOf(wire["status"]) : undefined
        })
      })
      const found = page(tableOf(MEMBERS, rows, false), { ...asked, filter_conditions: bounded(asked) })
      if (!("rows" in found)) return found
      const wires = app.memberWires(of, isV2 ? second : plain)
      return json(200, { members: found.rows.map(({ at }) => wires[Number(at)]), duration: "10.00ms" })
    }
  }
}

// internal

const MOST_SKIPPED = 1000

/** Custom fields by themselves. */
const ROWS: Shape = { ...plain, custom: "nested" }
const NOTHING = { messages: 0, members: 0 }

interface Table {
  readonly query: Query
  readonly rows: ReadonlyArray<Row>
}

/** Custom fields are known by their names in any of the rows. */
const tableOf = (
  query: Query,
  made: ReadonlyArray<{ readonly row: Row; readonly custom: ReadonlyArray<string> }>,
  isSortable: boolean
): Table => ({
  query: withCustom(query, new Set(made.flatMap(({ custom }) => custom)), isSortable),
  rows: made.map(({ row }) => row)
})

const rowOf = ({ custom, ...known }: RawObject, more: Row) => {
  const own = isFields(custom) ? custom : {}
  const row: Record<string, Value> = {}
  for (const [field, value] of [...Object.entries(own), ...Object.entries(known)]) row[field] = valueOf(value)
  return { row: { ...row, ...more }, custom: Object.keys(own) }
}

/** Times as they are compared, so that this is done once. */
const valueOf = (value: unknown): Value => {
  if (typeof value === "string") return isTime(value) ? comparable(value) : value
  if (typeof value === "number" || typeof value === "boolean") return value
  return Array.isArray(value) && value.every((one) => typeof one === "string") ? value : undefined
}

const textsOf = (value: unknown): ReadonlyArray<string> => (typeof value === "string" ? [value] : [])

const keyIn = (wire: RawObject, field: string) => valueOf(wire[field])

/** The filter of a query for members with the bounds beside it. */
const bounded = (asked: Fields): unknown => {
  const bounds = Object.entries(MEMBER_BOUNDS).flatMap(([name, [field, operator]]) =>
    asked[name] === undefined ? [] : [{ [field]: { [operator]: asked[name] } }]
  )
  const filter = asked["filter_conditions"] ?? {}
  return bounds.length === 0 ? filter : { $and: [filter, ...bounds] }
}

const page = ({ query, rows }: Table, asked: Fields): { readonly rows: ReadonlyArray<Row> } | Answer => {
  const { listed, mostListed, name, order: usual, sortable } = query
  const refuse = (problem: string) => refused(refusal(4, `${name} failed with error: "${problem}"`))
  const limit = wholeOf(asked["limit"], listed)
  const offset = wholeOf(asked["offset"], 0)
  if (Number.isNaN(limit) || limit > mostListed) return refuse(`limit must be ${mostListed} or less`)
  if (Number.isNaN(offset) || offset > MOST_SKIPPED) return refuse(`offset must be ${MOST_SKIPPED} or less`)
  const sort = asked["sort"] ?? []
  const order = ordered(Array.isArray(sort) && sort.length === 0 ? usual : sort, sortable)
  if (typeof order === "string") return refuse(order)
  const filter = asked["filter_conditions"] ?? {}
  const found: Array<Row> = []
  // A wrong filter is wrong for nobody too.
  const isRight = matches(filter, {}, query)
  if (typeof isRight === "string") return refuse(isRight)
  for (const row of rows) {
    const isWanted = matches(filter, row, query)
    if (typeof isWanted === "string") return refuse(isWanted)
    if (isWanted) found.push(row)
  }
  return { rows: found.toSorted(order).slice(offset, offset + limit) }
}

/** Not a number is what is none. */
const wholeOf = (value: unknown, otherwise: number): number => {
  if (value === undefined || value === null) return otherwise
  return typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : Number.NaN
}
