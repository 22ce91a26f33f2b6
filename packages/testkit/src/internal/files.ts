// The files of an export, one after the other and none of them kept.
import { document, type Part, type Spelling } from "./documents.ts"
import { isDeactivated, userRecord } from "./people.ts"
import { type Plan, windowStart } from "./plan.ts"
import { random, shareOf } from "./random.ts"
import { embedded, listed, type Room, room } from "./rooms.ts"
import { type Said, talk } from "./talk.ts"
import { people, type Tally } from "./tally.ts"
import { DAY, dayName, START } from "./time.ts"
import { webhook } from "./webhooks.ts"

export interface File {
  /** The zip or folder that it belongs to, without an ending. */
  readonly archive: string
  /** Its name within the archive, with `/`. */
  readonly path: string
  /** Its bytes, made anew for each iteration. */
  readonly bytes: Iterable<Uint8Array>
  /** Makes all there is in it, for counting, and writes nothing. */
  readonly rehearse: () => void
}

/** All files in their order. Counting happens as bytes are taken. */
export function* files(plan: Plan, tally: Tally): Generator<File> {
  yield* userFiles(plan, tally)
  yield* channelFiles(plan, tally)
  for (let window = 0; window < plan.windows; window++) yield* messageFiles(plan, tally, window)
  yield* webhookFiles(plan, tally)
}

// internal

const SPELLING = 41
const ORDER = 42
const WEBHOOKS_PER_FILE = 100_000

const file = (archive: string, path: string, parts: () => ReadonlyArray<Part>, spelling: Spelling): File => ({
  archive,
  path,
  bytes: { [Symbol.iterator]: () => document(parts(), spelling) },
  rehearse: () => {
    for (const part of parts()) {
      if ("value" in part) part.value()
      else for (const _ of part.elements);
    }
  }
})

const spellingOf = (plan: Plan, ...of: ReadonlyArray<number>): Spelling => ({
  isPretty: plan.pretty,
  isAscii: shareOf(plan.seed, SPELLING, 1, ...of) < plan.features.asciiFiles,
  isSlashed: shareOf(plan.seed, SPELLING, 2, ...of) < plan.features.slashFiles
})

function* userFiles(plan: Plan, tally: Tally): Generator<File> {
  for (const [key, isActive] of [
    ["active_users", true],
    ["inactive_users", false]
  ] as const) {
    const parts = () => [{ key, elements: users(plan, tally, isActive) }]
    yield file("users", `${key}.json`, parts, spellingOf(plan, isActive ? 1 : 2))
  }
}

function* users(plan: Plan, tally: Tally, isActive: boolean): Generator {
  for (let user = 0; user < plan.users; user++) {
    if (isDeactivated(plan, user) === isActive) continue
    const record = userRecord(plan, user)
    tally.user(isActive, record.access_token !== "")
    yield record
  }
}

function* channelFiles(plan: Plan, tally: Tally): Generator<File> {
  for (const [key, isOpen] of [
    ["group_channels", false],
    ["open_channels", true]
  ] as const) {
    const parts = () => [{ key, elements: channels(plan, tally, isOpen) }]
    yield file("channels", `${key}.json`, parts, spellingOf(plan, isOpen ? 3 : 4))
  }
}

function* channels(plan: Plan, tally: Tally, isOpen: boolean): Generator {
  for (let index = 0; index < plan.channels; index++) {
    const found = room(plan, index)
    if (found.isOpen !== isOpen) continue
    const last = lastWindow(plan, index)
    tally.room(found, { isListed: found.isListed, hasMessages: last !== undefined })
    if (!found.isListed) continue
    tally.channelRecord(found.isListOlder ? people(found).slice(0, -1) : people(found))
    yield listed(plan, found, last === undefined ? null : firstOf(plan, found, last)?.wire)
  }
}

const lastWindow = (plan: Plan, channel: number): number | undefined => {
  for (let window = plan.windows - 1; window >= 0; window--)
    if (plan.count(channel, window) > 0) return window
  return undefined
}

const firstOf = (plan: Plan, of: Room, window: number): Said | undefined => {
  for (const said of talk(plan, of, window, { from: 0, to: 1, isCopy: false })) return said
  return undefined
}

function* messageFiles(plan: Plan, tally: Tally, window: number): Generator<File> {
  const start = windowStart(plan, window)
  const archive = `messages-${dayName(start)}-${dayName(start + plan.windowMillis)}`
  for (let index = 0; index < plan.channels; index++) {
    const count = plan.count(index, window)
    const shared = plan.shared(index, window)
    if (count + shared === 0) continue
    const of = room(plan, index)
    const parts = Math.max(1, Math.ceil(count / plan.messagesPerFile))
    for (let part = 0; part < parts; part++) {
      const from = part * plan.messagesPerFile
      const to = Math.min(count, from + plan.messagesPerFile)
      const range = { window, from, to, shared: part === parts - 1 ? shared : 0 }
      const name = part === 0 ? of.url : `${of.url}_${part + 1}`
      const path = `message/${of.isOpen ? "open" : "group"}_channels/${name}.json`
      yield file(
        archive,
        path,
        () => messagesDocument(plan, tally, of, range),
        spellingOf(plan, 5, index, window)
      )
    }
  }
}

interface Range {
  readonly window: number
  readonly from: number
  readonly to: number
  /** How many messages of the next window follow. */
  readonly shared: number
}

const messagesDocument = (plan: Plan, tally: Tally, of: Room, range: Range): ReadonlyArray<Part> => {
  let last: unknown = null
  const remember = (wire: unknown) => {
    last = wire
  }
  const messages = { key: "messages", elements: messagesIn(plan, tally, of, range, remember) }
  const channel = {
    key: "channel",
    value: () => {
      tally.channelRecord(people(of))
      return embedded(plan, of, last)
    }
  }
  const isChannelFirst = shareOf(plan.seed, ORDER, of.index, range.window) < plan.features.channelFirst
  return isChannelFirst ? [channel, messages] : [messages, channel]
}

function* messagesIn(
  plan: Plan,
  tally: Tally,
  of: Room,
  { from, shared, to, window }: Range,
  remember: (wire: unknown) => void
): Generator {
  for (const said of talk(plan, of, window, { from, to, isCopy: false })) {
    tally.message(said, false)
    remember(said.wire)
    yield said.wire
  }
  if (shared === 0) return
  for (const said of talk(plan, of, window + 1, { from: 0, to: shared, isCopy: true })) {
    tally.message(said, true)
    remember(said.wire)
    yield said.wire
  }
}

// Failed deliveries are exported by the day, at the end of the period.
function* webhookFiles(plan: Plan, tally: Tally): Generator<File> {
  if (plan.failedWebhooks === 0) return
  const day = START + plan.windows * plan.windowMillis - DAY
  const name = dayName(day)
  const folder = `${name.slice(0, 4)}-${name.slice(4, 6)}-${name.slice(6)}`
  for (let from = 0, part = 1; from < plan.failedWebhooks; from += WEBHOOKS_PER_FILE, part++) {
    const to = Math.min(plan.failedWebhooks, from + WEBHOOKS_PER_FILE)
    const parts = () => [{ key: "failed_webhooks", elements: webhooks(plan, tally, { from, to, day }) }]
    yield file(`failed_webhooks-${name}`, `${folder}/${part}.json`, parts, spellingOf(plan, 6, part))
  }
}

function* webhooks(
  plan: Plan,
  tally: Tally,
  { day, from, to }: { readonly day: number; readonly from: number; readonly to: number }
): Generator {
  for (let index = from; index < to; index++) {
    tally.failedWebhook()
    yield webhook(
      random(plan.seed, WEBHOOK, index),
      index,
      day + Math.floor((DAY * index) / plan.failedWebhooks)
    )
  }
}

const WEBHOOK = 43
