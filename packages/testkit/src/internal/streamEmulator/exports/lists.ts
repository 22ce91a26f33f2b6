// QueryChannels and QueryUsers: filters, orders, and pages by offset or by what comes after the last one.
import { json } from "../../emulator/answers.ts"
import type { Answer } from "../../emulator/httpServer.ts"
import type { StreamApp } from "../../streamApp/app.ts"
import { plain, second, time, type Wire } from "../../streamApp/shape.ts"
import { refusal, refused } from "../answers.ts"
import type { Fields } from "../items.ts"
import { matches, ordered, type Row } from "./filters.ts"

export interface Lists {
  readonly channels: (asked: Fields, isV2: boolean) => Answer
  readonly users: (asked: Fields, isV2: boolean) => Answer
}

export const lists = (app: StreamApp): Lists => {
  // Some fields of each thing; deleted ones are in no list.
  let channelRows: ReadonlyArray<Row> | undefined
  let userRows: ReadonlyArray<Row> | undefined

  const allChannels = () =>
    (channelRows ??= Array.from(app.rooms())
      .filter(({ deletedAt }) => deletedAt === undefined)
      .map((of): Row => ({
        cid: of.cid,
        id: of.id,
        type: of.type,
        team: of.team,
        frozen: of.isFrozen,
        disabled: of.isDisabled,
        member_count: of.members.length,
        members: of.members.map((user) => app.userIds()[user] ?? ""),
        created_by_id: app.userIds()[of.creator],
        created_at: String(time(plain, of.createdAt))
      })))

  const allUsers = () =>
    (userRows ??= app
      .userIds()
      .map((id, user): Row => {
        const wire = app.userWire(user, plain)
        return {
          id,
          role: textOf(wire["role"]),
          name: textOf(wire["name"]),
          banned: wire["banned"] === true,
          teams: (wire["teams"] ?? []) as ReadonlyArray<string>,
          created_at: textOf(wire["created_at"]),
          updated_at: textOf(wire["updated_at"]),
          last_active: textOf(wire["last_active"]),
          deactivated_at: textOf(wire["deactivated_at"])
        }
      })
      .filter((_, user) => !app.isDeletedUser(user)))

  return {
    channels: (asked, isV2) => {
      const found = page("QueryChannels", allChannels(), asked, CHANNELS)
      if (!Array.isArray(found)) return found as Answer
      const most = {
        messages: asked["state"] === false ? 0 : wholeOf(asked["message_limit"], 25),
        members: asked["state"] === false ? 0 : wholeOf(asked["member_limit"], 100)
      }
      const shape = isV2 ? second : plain
      return json(200, {
        channels: (found as ReadonlyArray<Row>).flatMap(({ cid }) => {
          const of = app.roomOf(String(cid))
          return of === undefined ? [] : [app.channelState(of, shape, most)]
        }),
        duration: "10.00ms"
      })
    },
    users: (asked, isV2) => {
      const rows = allUsers().filter(
        ({ deactivated_at: gone }) => gone === undefined || asked["include_deactivated_users"] === true
      )
      const found = page("QueryUsers", rows, asked, USERS)
      if (!Array.isArray(found)) return found as Answer
      const shape = isV2 ? second : plain
      return json(200, {
        users: (found as ReadonlyArray<Row>).flatMap(({ id }): ReadonlyArray<Wire> => {
          const user = app.userOf(String(id))
          return user === undefined ? [] : [app.userWire(user, shape)]
        }),
        duration: "10.00ms"
      })
    }
  }
}

// internal

const MOST_SKIPPED = 1000

const CHANNELS = {
  mostListed: 30,
  listed: 10,
  sortable: new Set(["cid", "id", "type", "created_at", "member_count"])
}
const USERS = {
  mostListed: 100,
  listed: 30,
  sortable: new Set(["id", "created_at", "updated_at", "last_active", "role", "name"])
}

const page = (
  name: string,
  rows: ReadonlyArray<Row>,
  asked: Fields,
  { listed, mostListed, sortable }: typeof CHANNELS
): ReadonlyArray<Row> | Answer => {
  const refuse = (problem: string) => refused(refusal(4, `${name} failed with error: "${problem}"`))
  const limit = wholeOf(asked["limit"], listed)
  const offset = wholeOf(asked["offset"], 0)
  if (Number.isNaN(limit) || limit > mostListed) return refuse(`limit must be ${mostListed} or less`)
  if (Number.isNaN(offset) || offset > MOST_SKIPPED) return refuse(`offset must be ${MOST_SKIPPED} or less`)
  const order = ordered(asked["sort"] ?? [], sortable)
  if (typeof order === "string") return refuse(order)
  const found: Array<Row> = []
  for (const row of rows) {
    const isWanted = matches(asked["filter_conditions"] ?? {}, row)
    if (typeof isWanted === "string") return refuse(isWanted)
    if (isWanted) found.push(row)
  }
  return found.toSorted(order).slice(offset, offset + limit)
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined)

/** Not a number is what is none. */
const wholeOf = (value: unknown, otherwise: number): number => {
  if (value === undefined || value === null) return otherwise
  return typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : Number.NaN
}
