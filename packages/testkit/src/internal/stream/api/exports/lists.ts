// QueryChannels, QueryUsers and QueryMembers: filters, orders, and pages by offset or by the last record.
import { json } from "../../../http/answers.ts"
import type { Answer } from "../../../http/httpServer.ts"
import type { StreamApp } from "../../generator/app.ts"
import { plain, second, type Shape, type RawObject } from "../../generator/shape.ts"
import { errorResponse, rejected } from "../answers.ts"
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
  // Some fields of each record; deleted records are not listed.
  let channels: Table | undefined
  let users: Table | undefined

  const allChannels = () =>
    (channels ??= tableOf(
      CHANNELS,
      Array.from(app.channels())
        .filter(({ deletedAt }) => deletedAt === undefined)
        .map((of) => {
          const record = app.channelState(of, ROWS, NOTHING)["channel"] as RawObject
          const [created, last] = [keyIn(record, "created_at"), keyIn(record, "last_message_at")]
          return rowOf(record, {
            created_by_id: app.userIds()[of.creator],
            members: of.members.map((user) => app.userIds()[user] ?? ""),
            "member.user.name": of.members.flatMap((user) => textsOf(app.userRecord(user, ROWS)["name"])),
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
        .map((_, user) => rowOf(app.userRecord(user, ROWS), {}))
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
          const of = app.channelOf(String(cid))
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
          return user === undefined ? [] : [app.userRecord(user, shape)]
        }),
        duration: "10.00ms"
      })
    },
    members: (asked, isV2) => {
      const cid = `${String(asked["type"])}:${String(asked["id"])}`
      const of = app.channelOf(cid)
      if (of === undefined || of.deletedAt !== undefined)
        return rejected(
          errorResponse(16, `QueryMembers failed with error: "Can't find channel with id ${cid}"`)
        )
      const rows = app.memberRecords(of, ROWS).map((record, at) => {
        const user = (record["user"] ?? {}) as RawObject
        return rowOf(record, {
          at,
          cid,
          id: String(record["user_id"]),
          name: valueOf(user["name"]),
          last_active: valueOf(user["last_active"]),
          joined: record["status"] === "member",
          invite: record["invited"] === true ? valueOf(record["status"]) : undefined
        })
      })
      const found = page(tableOf(MEMBERS, rows, false), { ...asked, filter_conditions: bounded(asked) })
      if (!("rows" in found)) return found
      const records = app.memberRecords(of, isV2 ? second : plain)
      return json(200, { members: found.rows.map(({ at }) => records[Number(at)]), duration: "10.00ms" })
    }
  }
}

// internal

const MOST_SKIPPED = 1000

/** Custom fields only. */
const ROWS: Shape = { ...plain, custom: "nested" }
const NOTHING = { messages: 0, members: 0 }

interface Table {
  readonly query: Query
  readonly rows: ReadonlyArray<Row>
}

/** Custom fields are recognised by their name in any of the rows. */
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

/** Times in comparable form, so that they are converted only once. */
const valueOf = (value: unknown): Value => {
  if (typeof value === "string") return isTime(value) ? comparable(value) : value
  if (typeof value === "number" || typeof value === "boolean") return value
  return Array.isArray(value) && value.every((one) => typeof one === "string") ? value : undefined
}

const textsOf = (value: unknown): ReadonlyArray<string> => (typeof value === "string" ? [value] : [])

const keyIn = (record: RawObject, field: string) => valueOf(record[field])

/** The filter of a query for members, combined with its additional bounds. */
const bounded = (asked: Fields): unknown => {
  const bounds = Object.entries(MEMBER_BOUNDS).flatMap(([name, [field, operator]]) =>
    asked[name] === undefined ? [] : [{ [field]: { [operator]: asked[name] } }]
  )
  const filter = asked["filter_conditions"] ?? {}
  return bounds.length === 0 ? filter : { $and: [filter, ...bounds] }
}

const page = ({ query, rows }: Table, asked: Fields): { readonly rows: ReadonlyArray<Row> } | Answer => {
  const { listed, mostListed, name, order: usual, sortable } = query
  const reject = (problem: string) => rejected(errorResponse(4, `${name} failed with error: "${problem}"`))
  const limit = wholeOf(asked["limit"], listed)
  const offset = wholeOf(asked["offset"], 0)
  if (Number.isNaN(limit) || limit > mostListed) return reject(`limit must be ${mostListed} or less`)
  if (Number.isNaN(offset) || offset > MOST_SKIPPED) return reject(`offset must be ${MOST_SKIPPED} or less`)
  const sort = asked["sort"] ?? []
  const order = ordered(Array.isArray(sort) && sort.length === 0 ? usual : sort, sortable)
  if (typeof order === "string") return reject(order)
  const filter = asked["filter_conditions"] ?? {}
  const found: Array<Row> = []
  // A wrong filter is an error even for an empty list.
  const isRight = matches(filter, {}, query)
  if (typeof isRight === "string") return reject(isRight)
  for (const row of rows) {
    const isWanted = matches(filter, row, query)
    if (typeof isWanted === "string") return reject(isWanted)
    if (isWanted) found.push(row)
  }
  return { rows: found.toSorted(order).slice(offset, offset + limit) }
}

/** `NaN` if it is not a number. */
const wholeOf = (value: unknown, otherwise: number): number => {
  if (value === undefined || value === null) return otherwise
  return typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : Number.NaN
}
