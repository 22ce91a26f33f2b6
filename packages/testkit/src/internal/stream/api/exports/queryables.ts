// Stream's documentation of its lists: fields to filter by with their operators, fields to sort by, and the default order.
import { ALL, COMPARED, EQUAL, EQUAL_OR_IN, type FieldRule, type Queryable } from "./filters.ts"

export interface Query extends Queryable {
  /** Its name in errors. */
  readonly name: string
  readonly mostListed: number
  /** The number of records if no limit is given. */
  readonly listed: number
  readonly order: ReadonlyArray<{ readonly field: string; readonly direction: 1 | -1 }>
}

/** The same with an app's custom fields, which support filters, and sorting if Stream says so. */
export const withCustom = (query: Query, custom: Iterable<string>, isSortable: boolean): Query => {
  const fields = Array.from(custom)
  const filters = new Map([
    ...fields.map((field): [string, FieldRule] => [field, { holds: "anything", operators: ALL }]),
    ...query.filters
  ])
  return { ...query, filters, sortable: new Set([...query.sortable, ...(isSortable ? fields : [])]) }
}

/**
 * From the page on querying channels. Whether a channel is hidden, muted, joined or unread
 * depends on a user, and a server is not a user: such filters are rejected, such orders change nothing.
 */
export const CHANNELS: Query = {
  name: "QueryChannels",
  mostListed: 30,
  listed: 10,
  order: [{ field: "last_updated", direction: -1 }],
  filters: new Map<string, FieldRule>([
    ["frozen", { holds: "flag", operators: EQUAL }],
    ["disabled", { holds: "flag", operators: EQUAL }],
    ["type", { holds: "text", operators: EQUAL_OR_IN }],
    ["cid", { holds: "text", operators: EQUAL_OR_IN }],
    ["members", { holds: "texts", operators: EQUAL_OR_IN }],
    ["name", { holds: "text", operators: [...COMPARED, "$in", "$autocomplete"] }],
    ["member.user.name", { holds: "text", operators: ["$autocomplete", "$eq"] }],
    ["created_by_id", { holds: "text", operators: EQUAL }],
    ["team", { holds: "text", operators: EQUAL }],
    ["last_message_at", { holds: "time", operators: [...COMPARED, "$exists"] }],
    ["created_at", { holds: "time", operators: [...COMPARED, "$exists"] }],
    ["updated_at", { holds: "time", operators: COMPARED }],
    ["last_updated", { holds: "time", operators: COMPARED }],
    ["member_count", { holds: "number", operators: COMPARED }]
  ]),
  sortable: new Set([
    "last_updated",
    "last_message_at",
    "updated_at",
    "created_at",
    "member_count",
    "unread_count",
    "has_unread",
    "pinned_at"
  ])
}

/** From the page on querying users. */
export const USERS: Query = {
  name: "QueryUsers",
  mostListed: 100,
  listed: 30,
  order: [
    { field: "created_at", direction: -1 },
    { field: "id", direction: -1 }
  ],
  filters: new Map<string, FieldRule>([
    ["id", { holds: "text", operators: [...COMPARED, "$in", "$autocomplete"] }],
    ["name", { holds: "text", operators: [...COMPARED, "$in", "$autocomplete"] }],
    ["role", { holds: "text", operators: [...COMPARED, "$in"] }],
    ["teams", { holds: "texts", operators: ["$eq", "$in", "$contains"] }],
    ["banned", { holds: "flag", operators: EQUAL }],
    ["created_at", { holds: "time", operators: COMPARED }],
    ["updated_at", { holds: "time", operators: COMPARED }],
    ["last_active", { holds: "time", operators: [...COMPARED, "$exists"] }]
  ]),
  sortable: new Set(["id", "name", "role", "banned", "created_at", "updated_at", "last_active"])
}

/** From the page on querying members. */
export const MEMBERS: Query = {
  name: "QueryMembers",
  mostListed: 100,
  listed: 100,
  order: [{ field: "created_at", direction: 1 }],
  filters: new Map<string, FieldRule>([
    ["id", { holds: "text", operators: EQUAL_OR_IN }],
    ["name", { holds: "text", operators: ["$eq", "$in", "$autocomplete"] }],
    ["channel_role", { holds: "text", operators: EQUAL }],
    ["banned", { holds: "flag", operators: EQUAL }],
    ["invite", { holds: "text", operators: EQUAL }],
    ["joined", { holds: "flag", operators: EQUAL }],
    ["cid", { holds: "text", operators: EQUAL }],
    ["created_at", { holds: "time", operators: COMPARED }],
    ["updated_at", { holds: "time", operators: COMPARED }],
    ["last_active", { holds: "time", operators: COMPARED }],
    // Bounds of pages, which are not filters themselves.
    ["user_id", { holds: "text", operators: COMPARED }]
  ]),
  sortable: new Set(["user_id", "created_at", "updated_at", "last_active", "name"])
}

/** Additional bounds of a query for members. */
export const MEMBER_BOUNDS: Readonly<Record<string, readonly [field: string, operator: string]>> = {
  user_id_gt: ["user_id", "$gt"],
  user_id_gte: ["user_id", "$gte"],
  user_id_lt: ["user_id", "$lt"],
  user_id_lte: ["user_id", "$lte"],
  created_at_after: ["created_at", "$gt"],
  created_at_after_or_equal: ["created_at", "$gte"],
  created_at_before: ["created_at", "$lt"],
  created_at_before_or_equal: ["created_at", "$lte"]
}
