// The data that an export request selects.
import { planBegin, type Channel, channelAt } from "../../generator/channels.ts"
import { again, type Conversation, type FileMessage } from "../../generator/contents.ts"
import { type GeneratedMessage, messagesIn } from "../../generator/messages.ts"
import { sentBetween } from "../../generator/moments.ts"
import { type Plan, planEnd } from "../../generator/plan.ts"
import { isDeactivated, userId } from "../../generator/users.ts"
import { shareOf } from "../../random/random.ts"

/** An export request with all defaults filled in. Filters that do not apply to the data type are ignored. */
export interface Selection {
  readonly dataType: "messages" | "channels" | "users" | "failed_webhooks"
  /** Milliseconds. Records are selected by their creation time: from here on, before `endTs`. */
  readonly startTs: number
  readonly endTs: number
  readonly format: "json" | "csv"
  /** One character other than a double quote. */
  readonly csvDelimiter: string
  /** An IANA time zone, for times that are text. */
  readonly timezone: string
  /** Empty lists select everything. */
  readonly senderIds: ReadonlyArray<string>
  readonly excludeSenderIds: ReadonlyArray<string>
  readonly channelUrls: ReadonlyArray<string>
  readonly excludeChannelUrls: ReadonlyArray<string>
  readonly userIds: ReadonlyArray<string>
  readonly showReadReceipt: boolean
  readonly showChannelMetadata: boolean
  /** How many messages of other senders follow each match of `senderIds`. */
  readonly neighboringMessageLimit: number
}

/** When a user was created: milliseconds, to the second. Exports select by it but do not contain it. */
export const userCreatedAt = (plan: Plan, user: number): number => {
  const [from, to] = [planBegin(plan), planEnd(plan)]
  return from + Math.floor((shareOf(plan.seed, CREATED, user) * (to - from)) / 1000) * 1000
}

/** The numbers of the users in a users file. */
export const selectedUsers = (plan: Plan, selection: Selection, isActive: boolean): Iterable<number> => {
  const wanted = new Set(selection.userIds)
  return again(function* () {
    for (let user = 0; user < plan.users; user++) {
      if (!isWithin(userCreatedAt(plan, user), selection) || isDeactivated(plan, user) === isActive) continue
      if (wanted.size === 0 || wanted.has(userId(plan, user))) yield user
    }
  })
}

/** The channels of a channel list, among these. */
export const selectedChannels = (
  plan: Plan,
  selection: Selection,
  {
    createdAt,
    indexes,
    isOpen
  }: { readonly createdAt: Float64Array; readonly indexes: Iterable<number>; readonly isOpen: boolean }
): Iterable<Channel> => {
  const excluded = new Set(selection.excludeChannelUrls)
  return again(function* () {
    for (const index of indexes) {
      if (!isWithin(createdAt[index] ?? 0, selection)) continue
      const of = channelAt(plan, index)
      if (of.isOpen === isOpen && of.isListed && !excluded.has(of.url)) yield of
    }
  })
}

/** The conversations of these channels; channels without messages are skipped. */
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
    const of = channelAt(plan, index)
    if (excluded.has(of.url)) continue
    const all = again(() => filter(messagesOf(plan, of, ranges)))
    const parts = partsOf(plan, all, ranges, filter !== everybody)
    for (let part = 0; part < parts; part++) {
      const from = part * plan.messagesPerFile
      const messages = () => slice(all, from, from + plan.messagesPerFile)
      yield { of, part, key: selection.startTs, messages }
    }
  }
}

/** The messages of a channel that were sent in a period, as ranges of indexes by window. */
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
    const { from, to } = sentBetween(plan, channel, window, period)
    if (from < to) found.push({ window, from, to })
  }
  return found
}

export function* messagesOf(
  plan: Plan,
  of: Channel,
  ranges: ReadonlyArray<Range>
): Generator<GeneratedMessage> {
  for (const { from, to, window } of ranges) yield* messagesIn(plan, of, window, { from, to, isCopy: false })
}

export interface Range {
  readonly window: number
  readonly from: number
  readonly to: number
}

// internal

const CREATED = 51

type Filter = (messages: Iterable<GeneratedMessage>) => Iterator<GeneratedMessage>

const isWithin = (millis: number, { endTs, startTs }: Selection) => millis >= startTs && millis < endTs

const everybody: Filter = (messages) => messages[Symbol.iterator]()

const senderFilter = ({ excludeSenderIds, neighboringMessageLimit, senderIds }: Selection): Filter => {
  if (senderIds.length === 0 && excludeSenderIds.length === 0) return everybody
  const wanted = new Set<string | undefined>(senderIds)
  const excluded = new Set<string | undefined>(excludeSenderIds)
  return function* (messages) {
    let neighbours = 0
    for (const one of messages) {
      const sender = (one.record.user as { readonly user_id: string } | null | undefined)?.user_id
      const isWanted = wanted.size === 0 || wanted.has(sender)
      if (!isWanted && neighbours === 0) continue
      neighbours = isWanted ? neighboringMessageLimit : neighbours - 1
      if (!excluded.has(sender)) yield one
    }
  }
}

// Number of files of a conversation. With a filter, it is only known once the messages are generated.
const partsOf = (
  plan: Plan,
  all: Iterable<GeneratedMessage>,
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

function* slice(all: Iterable<GeneratedMessage>, from: number, to: number): Generator<FileMessage> {
  let index = 0
  for (const one of all) {
    if (index >= to) return
    if (index >= from) yield { message: one, isCopy: false }
    index++
  }
}
