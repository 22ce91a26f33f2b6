import { planBegin, type Room, room } from "../../generator/channels.ts"
// What one export request selects.
import { again, type Conversation, type Spoken } from "../../generator/contents.ts"
import { type Said, talk } from "../../generator/messages.ts"
import { saidBetween } from "../../generator/moments.ts"
import { type Plan, planEnd } from "../../generator/plan.ts"
import { isDeactivated, userId } from "../../generator/users.ts"
import { shareOf } from "../../random/random.ts"

/** One export request, with every default filled in. Filters that do not fit the data type are ignored. */
export interface Selection {
  readonly dataType: "messages" | "channels" | "users" | "failed_webhooks"
  /** Milliseconds. Things are selected by when they were created: from here, before `endTs`. */
  readonly startTs: number
  readonly endTs: number
  readonly format: "json" | "csv"
  /** One character, and not a double quote. */
  readonly csvDelimiter: string
  /** An IANA name, for times that are text. */
  readonly timezone: string
  /** Empty lists select everything. */
  readonly senderIds: ReadonlyArray<string>
  readonly excludeSenderIds: ReadonlyArray<string>
  readonly channelUrls: ReadonlyArray<string>
  readonly excludeChannelUrls: ReadonlyArray<string>
  readonly userIds: ReadonlyArray<string>
  readonly showReadReceipt: boolean
  readonly showChannelMetadata: boolean
  /** How many messages of others follow each match of `senderIds`. */
  readonly neighboringMessageLimit: number
}

/** When a user was created: milliseconds, to the second. Exports select by it and do not show it. */
export const userCreatedAt = (plan: Plan, user: number): number => {
  const [from, to] = [planBegin(plan), planEnd(plan)]
  return from + Math.floor((shareOf(plan.seed, CREATED, user) * (to - from)) / 1000) * 1000
}

/** The users of a users file, by their numbers. */
export const selectedUsers = (plan: Plan, selection: Selection, isActive: boolean): Iterable<number> => {
  const wanted = new Set(selection.userIds)
  return again(function* () {
    for (let user = 0; user < plan.users; user++) {
      if (!isWithin(userCreatedAt(plan, user), selection) || isDeactivated(plan, user) === isActive) continue
      if (wanted.size === 0 || wanted.has(userId(plan, user))) yield user
    }
  })
}

/** The rooms of a channel list, out of these. */
export const selectedRooms = (
  plan: Plan,
  selection: Selection,
  {
    createdAt,
    indexes,
    isOpen
  }: { readonly createdAt: Float64Array; readonly indexes: Iterable<number>; readonly isOpen: boolean }
): Iterable<Room> => {
  const excluded = new Set(selection.excludeChannelUrls)
  return again(function* () {
    for (const index of indexes) {
      if (!isWithin(createdAt[index] ?? 0, selection)) continue
      const of = room(plan, index)
      if (of.isOpen === isOpen && of.isListed && !excluded.has(of.url)) yield of
    }
  })
}

/** What was said in these rooms; nothing in which nothing was said. */
export function* selectedConversations(
  plan: Plan,
  selection: Selection,
  indexes: Iterable<number>
): Generator<Conversation> {
  const excluded = new Set(selection.excludeChannelUrls)
  const filter = senderFilter(selection)
  for (const index of indexes) {
    const ranges = rangesOf(plan, index, selection)
    if (ranges.length === 0) continue
    const of = room(plan, index)
    if (excluded.has(of.url)) continue
    const all = again(() => filter(said(plan, of, ranges)))
    const parts = partsOf(plan, all, ranges, filter !== everybody)
    for (let part = 0; part < parts; part++) {
      const from = part * plan.messagesPerFile
      const messages = () => slice(all, from, from + plan.messagesPerFile)
      yield { of, part, key: selection.startTs, messages }
    }
  }
}

/** The messages of a channel that were said in a period, by their windows and indexes. */
export const rangesOf = (
  plan: Plan,
  channel: number,
  period: { readonly startTs: number; readonly endTs: number }
): ReadonlyArray<Range> => {
  const windowOf = (millis: number) => Math.floor((millis - plan.start) / plan.windowMillis)
  const last = Math.min(plan.windows - 1, windowOf(period.endTs - 1))
  const found: Array<Range> = []
  for (let window = Math.max(0, windowOf(period.startTs)); window <= last; window++) {
    if (plan.count(channel, window) === 0) continue
    const { from, to } = saidBetween(plan, channel, window, period)
    if (from < to) found.push({ window, from, to })
  }
  return found
}

export function* said(plan: Plan, of: Room, ranges: ReadonlyArray<Range>): Generator<Said> {
  for (const { from, to, window } of ranges) yield* talk(plan, of, window, { from, to, isCopy: false })
}

export interface Range {
  readonly window: number
  readonly from: number
  readonly to: number
}

// internal

const CREATED = 51

type Filter = (messages: Iterable<Said>) => Iterator<Said>

const isWithin = (millis: number, { endTs, startTs }: Selection) => millis >= startTs && millis < endTs

const everybody: Filter = (messages) => messages[Symbol.iterator]()

const senderFilter = ({ excludeSenderIds, neighboringMessageLimit, senderIds }: Selection): Filter => {
  if (senderIds.length === 0 && excludeSenderIds.length === 0) return everybody
  const wanted = new Set<string | undefined>(senderIds)
  const excluded = new Set<string | undefined>(excludeSenderIds)
  return function* (messages) {
    let neighbours = 0
    for (const one of messages) {
      const sender = (one.wire.user as { readonly user_id: string } | null | undefined)?.user_id
      const isWanted = wanted.size === 0 || wanted.has(sender)
      if (!isWanted && neighbours === 0) continue
      neighbours = isWanted ? neighboringMessageLimit : neighbours - 1
      if (!excluded.has(sender)) yield one
    }
  }
}

// How many files a conversation takes. With a filter, only making it tells.
const partsOf = (
  plan: Plan,
  all: Iterable<Said>,
  ranges: ReadonlyArray<Range>,
  isFiltered: boolean
): number => {
  const most = ranges.reduce((sum, { from, to }) => sum + to - from, 0)
  if (!isFiltered) return Math.ceil(most / plan.messagesPerFile)
  let count = 0
  for (const _ of all) {
    count++
    if (most <= plan.messagesPerFile) break
  }
  return Math.ceil(count / plan.messagesPerFile)
}

function* slice(all: Iterable<Said>, from: number, to: number): Generator<Spoken> {
  let index = 0
  for (const one of all) {
    if (index >= to) return
    if (index >= from) yield { said: one, isCopy: false }
    index++
  }
}
