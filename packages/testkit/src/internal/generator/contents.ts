// What goes into the files of an export, regardless of their format.
import { random, shareOf } from "../random/random.ts"
import { DAY, dayName } from "../random/time.ts"
import { type Channel, channelAt } from "./channels.ts"
import { type GeneratedMessage, messagesIn } from "./messages.ts"
import { type Plan, planEnd, windowStart } from "./plan.ts"
import type { Tally } from "./tally.ts"
import { isDeactivated } from "./users.ts"
import { webhook } from "./webhooks.ts"

export interface File {
  /** The zip or folder that contains it, without an extension. */
  readonly archive: string
  /** Its name within the archive, with `/`. */
  readonly path: string
  /** Its bytes, generated again for each iteration. */
  readonly bytes: Iterable<Uint8Array>
  /** Generates the content only to count it, without writing. */
  readonly rehearse: () => void
}

/** The messages of one file, all of one channel. */
export interface Conversation {
  readonly of: Channel
  /** Number of the file among those of a channel in an archive, from 0. */
  readonly part: number
  /** Distinguishes the archives that contain a channel. */
  readonly key: number
  readonly messages: () => Iterable<FileMessage>
}

export interface FileMessage {
  readonly message: GeneratedMessage
  /** Whether another archive has the current version of the same message, too. */
  readonly isCopy: boolean
}

/** Failed deliveries of one day, as a range of numbers. */
export interface Failures {
  readonly day: number
  readonly part: number
  readonly from: number
  readonly to: number
}

/** Makes files in a format, and counts their content as they are made. */
export interface Format {
  readonly users: (archive: string, isActive: boolean, users: Iterable<number>) => File
  readonly channels: (archive: string, isOpen: boolean, channels: Iterable<Channel>) => File
  /** Takes the conversations of a channel one after the other. */
  readonly messages: (archive: string, conversations: Iterable<Conversation>) => Iterable<File>
  readonly webhooks: (archive: string, failures: Failures) => File
}

/** Users of a users file. */
export const usersOf = (plan: Plan, isActive: boolean): Iterable<number> =>
  again(function* () {
    for (let user = 0; user < plan.users; user++) if (isDeactivated(plan, user) !== isActive) yield user
  })

/** Channels of a channel list. Every channel of the kind is counted, listed or not. */
export const channelsOf = (plan: Plan, tally: Tally, isOpen: boolean): Iterable<Channel> =>
  again(function* () {
    for (let index = 0; index < plan.channels; index++) {
      const found = channelAt(plan, index)
      if (found.isOpen !== isOpen) continue
      tally.channel(found, { isListed: found.isListed, hasMessages: lastWindow(plan, index) !== undefined })
      if (found.isListed) yield found
    }
  })

/** All messages of a window, and the messages of the next window that an overlapping one contains. */
export function* conversationsIn(plan: Plan, window: number): Generator<Conversation> {
  for (let index = 0; index < plan.channels; index++) {
    const count = plan.count(index, window)
    const shared = plan.shared(index, window)
    if (count + shared === 0) continue
    const of = channelAt(plan, index)
    const parts = Math.max(1, Math.ceil(count / plan.messagesPerFile))
    for (let part = 0; part < parts; part++) {
      const from = part * plan.messagesPerFile
      const range = { from, to: Math.min(count, from + plan.messagesPerFile) }
      const messages = () =>
        fileMessages(plan, of, window, { ...range, shared: part === parts - 1 ? shared : 0 })
      yield { of, part, key: window, messages }
    }
  }
}

/** The last message of a channel in a channel list: the first message of its last window. */
export const lastMessage = (plan: Plan, of: Channel): Record<string, unknown> | null => {
  const window = lastWindow(plan, of.index)
  if (window === undefined) return null
  for (const message of messagesIn(plan, of, window, { from: 0, to: 1, isCopy: false })) return message.record
  return null
}

export const lastWindow = (plan: Plan, channel: number): number | undefined => {
  for (let window = plan.windows - 1; window >= 0; window--)
    if (plan.count(channel, window) > 0) return window
  return undefined
}

/** Deliveries that failed from `startTs` on and before `endTs`, by day, in files of at most 100,000. */
export function* failuresBetween(plan: Plan, startTs: number, endTs: number): Generator<Failures> {
  const [first, end] = [countBefore(plan, startTs), countBefore(plan, endTs)]
  for (let begin = first; begin < end;) {
    const day = Math.floor(failedAt(plan, begin) / DAY) * DAY
    const next = Math.min(end, countBefore(plan, day + DAY))
    for (let part = 1; begin < next; part++) {
      const to = Math.min(next, begin + WEBHOOKS_PER_FILE)
      yield { day, part, from: begin, to }
      begin = to
    }
  }
}

export function* webhooks(
  plan: Plan,
  tally: Tally,
  { from, to }: Failures
): Generator<Record<string, unknown>> {
  for (let index = from; index < to; index++) {
    tally.failedWebhook()
    yield webhook(random(plan.seed, WEBHOOK, index), index, failedAt(plan, index))
  }
}

/** `2024-03-24`: folders of failed deliveries. */
export const dayFolder = (day: number): string => {
  const name = dayName(day)
  return `${name.slice(0, 4)}-${name.slice(4, 6)}-${name.slice(6)}`
}

/** `messages-20240304-20240311`. */
export const windowArchive = (plan: Plan, window: number): string =>
  `messages-${dayName(windowStart(plan, window))}-${dayName(windowStart(plan, window + 1))}`

/** Whether a file, by its numbers, has an oddity. */
export const isOdd = (plan: Plan, share: number, ...file: ReadonlyArray<number>): boolean =>
  shareOf(plan.seed, ...file) < share

/** A generator that can be iterated repeatedly. */
export const again = <A>(make: () => Iterator<A>): Iterable<A> => ({ [Symbol.iterator]: make })

// internal

const WEBHOOK = 43
const WEBHOOKS_PER_FILE = 100_000
const FAILURE_DAYS = 150

function* fileMessages(
  plan: Plan,
  of: Channel,
  window: number,
  { from, shared, to }: { readonly from: number; readonly to: number; readonly shared: number }
): Generator<FileMessage> {
  for (const message of messagesIn(plan, of, window, { from, to, isCopy: false }))
    yield { message, isCopy: false }
  if (shared === 0) return
  for (const message of messagesIn(plan, of, window + 1, { from: 0, to: shared, isCopy: true }))
    yield { message, isCopy: true }
}

// Deliveries fail at the end of the period: on its last day, or in the last months of a long period, which is how long
// they are kept.
const failureMillis = (plan: Plan) =>
  plan.windows * plan.windowMillis > FAILURE_DAYS * DAY ? FAILURE_DAYS * DAY : DAY

const failedAt = (plan: Plan, index: number): number => {
  const millis = failureMillis(plan)
  return planEnd(plan) - millis + Math.floor((millis * index) / plan.failedWebhooks)
}

// The number of earlier failures; they are in chronological order.
const countBefore = (plan: Plan, end: number): number => {
  let [low, high] = [0, plan.failedWebhooks]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (failedAt(plan, middle) < end) low = middle + 1
    else high = middle
  }
  return low
}
