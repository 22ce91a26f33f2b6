import { random, shareOf } from "../random/random.ts"
import { DAY, dayName } from "../random/time.ts"
import { type Room, room } from "./channels.ts"
import { type Said, talk } from "./messages.ts"
import { type Plan, planEnd, windowStart } from "./plan.ts"
import type { Tally } from "./tally.ts"
// What goes into the files of an export, whatever their format.
import { isDeactivated } from "./users.ts"
import { webhook } from "./webhooks.ts"

export interface File {
  /** The zip or folder that it belongs to, without an ending. */
  readonly archive: string
  /** Its name within the archive, with `/`. */
  readonly path: string
  /** Its bytes, made again for each iteration. */
  readonly bytes: Iterable<Uint8Array>
  /** Makes all there is in it, for counting, and writes nothing. */
  readonly rehearse: () => void
}

/** The messages of one file, all of one room. */
export interface Conversation {
  readonly of: Room
  /** Counts the files of a room in an archive, from 0. */
  readonly part: number
  /** Tells apart the archives in which a room is. */
  readonly key: number
  readonly messages: () => Iterable<Spoken>
}

export interface Spoken {
  readonly said: Said
  /** Whether another archive has the same message too, as it is now. */
  readonly isCopy: boolean
}

/** Failed deliveries of one day, by their numbers. */
export interface Failures {
  readonly day: number
  readonly part: number
  readonly from: number
  readonly to: number
}

/** Makes files in a format, and counts what is in them as they are made. */
export interface Format {
  readonly users: (archive: string, isActive: boolean, users: Iterable<number>) => File
  readonly channels: (archive: string, isOpen: boolean, rooms: Iterable<Room>) => File
  /** Takes conversations of the same room one after the other. */
  readonly messages: (archive: string, conversations: Iterable<Conversation>) => Iterable<File>
  readonly webhooks: (archive: string, failures: Failures) => File
}

/** Users of a users file. */
export const usersOf = (plan: Plan, isActive: boolean): Iterable<number> =>
  again(function* () {
    for (let user = 0; user < plan.users; user++) if (isDeactivated(plan, user) !== isActive) yield user
  })

/** Rooms of a channel list. Every room of the kind is counted, in a list or not. */
export const roomsOf = (plan: Plan, tally: Tally, isOpen: boolean): Iterable<Room> =>
  again(function* () {
    for (let index = 0; index < plan.channels; index++) {
      const found = room(plan, index)
      if (found.isOpen !== isOpen) continue
      tally.room(found, { isListed: found.isListed, hasMessages: lastWindow(plan, index) !== undefined })
      if (found.isListed) yield found
    }
  })

/** All that was said in a window, and what an overlapping one shows of the next. */
export function* conversationsIn(plan: Plan, window: number): Generator<Conversation> {
  for (let index = 0; index < plan.channels; index++) {
    const count = plan.count(index, window)
    const shared = plan.shared(index, window)
    if (count + shared === 0) continue
    const of = room(plan, index)
    const parts = Math.max(1, Math.ceil(count / plan.messagesPerFile))
    for (let part = 0; part < parts; part++) {
      const from = part * plan.messagesPerFile
      const range = { from, to: Math.min(count, from + plan.messagesPerFile) }
      const messages = () => spoken(plan, of, window, { ...range, shared: part === parts - 1 ? shared : 0 })
      yield { of, part, key: window, messages }
    }
  }
}

/** The last message of a room as a channel list shows it: that from which its last window begins. */
export const lastMessage = (plan: Plan, of: Room): Record<string, unknown> | null => {
  const window = lastWindow(plan, of.index)
  if (window === undefined) return null
  for (const said of talk(plan, of, window, { from: 0, to: 1, isCopy: false })) return said.wire
  return null
}

export const lastWindow = (plan: Plan, channel: number): number | undefined => {
  for (let window = plan.windows - 1; window >= 0; window--)
    if (plan.count(channel, window) > 0) return window
  return undefined
}

/** Failed deliveries that failed from `startTs` and before `endTs`, by the day and in files of at most 100,000. */
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

/** Something that can be iterated any number of times. */
export const again = <A>(make: () => Iterator<A>): Iterable<A> => ({ [Symbol.iterator]: make })

// internal

const WEBHOOK = 43
const WEBHOOKS_PER_FILE = 100_000
const FAILURE_DAYS = 150

function* spoken(
  plan: Plan,
  of: Room,
  window: number,
  { from, shared, to }: { readonly from: number; readonly to: number; readonly shared: number }
): Generator<Spoken> {
  for (const said of talk(plan, of, window, { from, to, isCopy: false })) yield { said, isCopy: false }
  if (shared === 0) return
  for (const said of talk(plan, of, window + 1, { from: 0, to: shared, isCopy: true }))
    yield { said, isCopy: true }
}

// Deliveries fail at the end of the period: on its last day, or in the last months of a long one, which is how long
// they are kept.
const failureMillis = (plan: Plan) =>
  plan.windows * plan.windowMillis > FAILURE_DAYS * DAY ? FAILURE_DAYS * DAY : DAY

const failedAt = (plan: Plan, index: number): number => {
  const millis = failureMillis(plan)
  return planEnd(plan) - millis + Math.floor((millis * index) / plan.failedWebhooks)
}

// How many failed earlier; they are in the order of time.
const countBefore = (plan: Plan, end: number): number => {
  let [low, high] = [0, plan.failedWebhooks]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (failedAt(plan, middle) < end) low = middle + 1
    else high = middle
  }
  return low
}
