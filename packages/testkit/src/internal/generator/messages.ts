// The messages of one channel in one window, in chronological order.
import { digits } from "../random/digits.ts"
import { mix, type Random, random, shareOf } from "../random/random.ts"
import { chatText } from "../random/text.ts"
import { offset, zonedText } from "../random/time.ts"
import { type Channel, sender } from "./channels.ts"
import { moments } from "./moments.ts"
import { extra, fileParts, link, manyFiles, metaArrays, poll, reactionKey, translations } from "./parts.ts"
import { type Plan, RUN } from "./plan.ts"
import { type Snapshot, snapshot, userId } from "./users.ts"

/** A message as it is in a file, with facts that only the generator knows. */
export interface GeneratedMessage {
  readonly record: Record<string, unknown>
  /** Milliseconds. */
  readonly at: number
  readonly reply: "none" | "here" | "earlier" | "orphan"
  /** Numbers of all users the message refers to. */
  readonly users: ReadonlyArray<number>
  readonly reactions: number
}

/** Messages `from` to `to` of a channel in a window; `isCopy` gives their version in an earlier export. */
export function* messagesIn(
  plan: Plan,
  of: Channel,
  window: number,
  { from, isCopy, to }: { readonly from: number; readonly to: number; readonly isCopy: boolean }
): Generator<GeneratedMessage> {
  const all = plan.count(of.index, window)
  for (let run = Math.floor(from / RUN); run * RUN < to; run++) {
    const first = run * RUN
    const last = Math.min(first + RUN, all)
    const scene: Scene = {
      plan,
      of,
      window,
      isCopy,
      r: random(plan.seed, MESSAGES, of.index, window, run),
      recent: [],
      seen: new Map()
    }
    const times = moments(plan, of.index, window, run)
    for (let index = first; index < Math.min(last, to); index++) {
      const message = makeMessage(scene, index, times[index - first] ?? 0)
      if (index >= from) yield message
    }
  }
}

// internal

const MESSAGES = 31
const HIDDEN_REACTIONS = 34
const HIDDEN_THREAD = 35
const TEMPLATE = 38
const PAYLOAD = 39
const NOTIFICATION = 40
const RECENT = 64

interface Scene {
  readonly plan: Plan
  readonly of: Channel
  readonly window: number
  readonly isCopy: boolean
  readonly r: Random
  /** The latest messages that are not replies and can be replied to. */
  readonly recent: Array<{
    readonly id: string
    readonly text: string
    readonly user: Snapshot | undefined
    readonly at: number
  }>
  readonly seen: Map<number, Snapshot>
}

const makeMessage = (scene: Scene, index: number, at: number): GeneratedMessage => {
  const { isCopy, of, plan, r, recent, window } = scene
  const { features } = plan
  const users: Array<number> = []
  const person = (user: number): Snapshot => {
    users.push(user)
    const seen = scene.seen.get(user) ?? snapshot(plan, user, window)
    scene.seen.set(user, seen)
    return seen
  }
  const kind = r.next()
  const isAdmin = kind < features.admin
  const isFile = !isAdmin && kind < features.admin + features.files
  const user = isAdmin
    ? undefined
    : person(sender(plan, of, r.next() + (r.chance(features.formerMembers) ? 1 : 0)))
  const isTextTime = r.chance(features.textTimes)
  const isEdited = r.chance(features.edited)
  const id = plan.messageId(of.index, window, index)
  const text = isFile ? "" : body(r, features.loneSurrogates)
  const record: Record<string, unknown> = {
    type: isAdmin ? "ADMM" : isFile ? "FILE" : "MESG",
    message_id: digits(id),
    // An earlier export has the text before it was edited.
    message: isEdited && !isCopy ? `${text} (edited)` : text,
    custom_type: r.chance(0.1) ? r.pick(["order", "notice", ""]) : "",
    created_at: isTextTime ? textTime(plan, at, offset(r)) : at,
    channel_url: of.url,
    updated_at: isEdited && !isCopy ? at + 60_000 : 0,
    mentioned_users: [],
    mention_type: "users",
    is_removed: r.chance(features.removed),
    req_id: `rq-${r.hex(8)}-${r.hex(4)}-${r.hex(4)}-${r.hex(12)}`,
    data: r.chance(features.extra) ? extra(r) : "",
    file: {}
  }
  if (user !== undefined) record.user = user
  else if (r.chance(0.5)) record.user = null
  record.message_survival_seconds = -1
  record.silent = r.chance(features.silent)
  record.translations = !isFile && r.chance(features.translations) ? translations(r) : {}
  if (isFile) attach(scene, record)
  else if (r.chance(features.metaArrays)) record.sorted_metaarray = metaArrays(r)
  if (!isAdmin && r.chance(features.mentions)) mention(scene, record, person)
  const isWith = (what: number, share: number) => shareOf(plan.seed, what, of.index, window, index) < share
  if (isWith(TEMPLATE, features.mentionTemplates)) mentionInTemplate(record)
  if (isWith(PAYLOAD, features.payloads)) record.extended_message_payload = payload(index)
  // Later windows may reply to each 16th message. Notifications have no replies.
  const isNotification = isAdmin && index % 16 !== 0 && isWith(NOTIFICATION, features.notifications)
  if (isNotification) notify(record, random(plan.seed, NOTIFICATION, of.index, window, index), at)
  if (!isFile && r.chance(features.links)) record.og_tag = link(r)
  if (!isFile && r.chance(features.polls)) record.poll = poll(r, Math.floor(at / 1000))
  const reply = answer(scene, record, index)
  const reactors: Array<number> = []
  const reactions = of.isOpen ? 0 : react(scene, record, at, reactors)
  if (reply === "none" && !isNotification) {
    recent.push({ id, text, user, at })
    if (recent.length > RECENT) recent.shift()
  }
  const isHidden = (what: number, share: number) =>
    !plan.view.isApi && shareOf(plan.seed, what, of.index, window, index) < share
  const hasHiddenThread = reply !== "none" && isHidden(HIDDEN_THREAD, features.apiOnlyThreads)
  if (hasHiddenThread) for (const field of THREAD_FIELDS) delete record[field]
  const hasHiddenReactions = reactions > 0 && isHidden(HIDDEN_REACTIONS, features.apiOnlyReactions)
  if (hasHiddenReactions) delete record.reactions
  else users.push(...reactors)
  return {
    record,
    at,
    reply: hasHiddenThread ? "none" : reply,
    users,
    reactions: hasHiddenReactions ? 0 : reactions
  }
}

const THREAD_FIELDS = ["parent_message_id", "is_reply_to_channel", "thread_info", "parent_message_info"]

// Only exports write times as text, all in one zone if one was requested.
const textTime = ({ view }: Plan, at: number, otherwise: number): number | string =>
  view.isApi ? at : zonedText(at, view.offset?.(at) ?? otherwise)

const body = (r: Random, loneSurrogates: number): string => {
  const text = chatText(r)
  return r.chance(loneSurrogates) ? `${text} \ud83d` : text
}

const attach = ({ of, plan, r }: Scene, record: Record<string, unknown>) => {
  const { features } = plan
  const isVoice = r.chance(features.voice)
  const isProtected = r.chance(features.protectedFiles)
  if (!of.isOpen && !isVoice && r.chance(features.severalFiles)) record.files = manyFiles(r)
  else Object.assign(record, fileParts(r, { isVoice, isProtected }))
}

const mention = (
  { of, plan, r }: Scene,
  record: Record<string, unknown>,
  person: (user: number) => Snapshot
) => {
  if (r.chance(0.1)) {
    record.mention_type = "channel"
    return
  }
  const users = new Set(Array.from({ length: 1 + r.below(3) }, () => sender(plan, of, r.next())))
  record.mentioned_users = Array.from(users, person)
}

// As in the Platform API: the ids are in the template, and the list is empty.
const mentionInTemplate = (record: Record<string, unknown>) => {
  const users = record.mentioned_users as ReadonlyArray<Snapshot>
  if (users.length === 0) return
  record.mentioned_message_template = users.map((user) => `@{${user.user_id}}`).join(" ")
  record.mentioned_users = []
}

/** The additional fields of a notification: its id, and the variables of its template. */
const notify = (record: Record<string, unknown>, r: Random, at: number) => {
  Object.assign(record, {
    message_id: 0,
    notification_message_id: `${r.hex(8)}-${r.hex(4)}-${r.hex(4)}-${r.hex(4)}-${r.hex(12)}`,
    message_status: r.pick(["sent", "read"]),
    priority: r.pick(["normal", "high"]),
    notification_event_deadline: at + 86_400_000,
    extended_message: { sub_type: 0, sub_data: { template_key: "order", variables: { number: r.hex(4) } } }
  })
}

const payload = (index: number) => ({
  suggested_replies: ["yes", "no"],
  custom_view: { title: `Order ${index}`, price: 10 }
})

// Message 0 of a window and every 16th after it are never replies, so any later window can reply to them without reading back.
const answer = (
  { of, plan, r, recent, window }: Scene,
  record: Record<string, unknown>,
  index: number
): GeneratedMessage["reply"] => {
  const { features } = plan
  if (index % 16 === 0 || !r.chance(features.replies)) return "none"
  const isShown = r.chance(features.shownInChannel)
  const where = r.next()
  const thread = { reply_count: 0, most_replies: [], last_replied_at: 0, updated_at: 0 }
  const reply = (parent: string) =>
    Object.assign(record, {
      parent_message_id: digits(parent),
      is_reply_to_channel: isShown,
      thread_info: thread
    })
  if (where < features.orphans) {
    reply(String(999_000_000_000 + mix(plan.seed, of.index, window, index)))
    return "orphan"
  }
  const earlier =
    where < features.orphans + features.earlierParents ? earlierMessage(plan, of, window, r) : undefined
  if (earlier !== undefined) {
    reply(earlier)
    return "earlier"
  }
  if (recent.length === 0) return "none"
  const parent = recent[recent.length - 1 - Math.floor(Math.min(recent.length, 8) * r.next())]
  if (parent === undefined) return "none"
  reply(parent.id)
  record.parent_message_info = {
    type: "MESG",
    ts: parent.at,
    message: parent.text,
    ...(parent.user === undefined ? {} : { user: parent.user })
  }
  return "here"
}

const earlierMessage = (plan: Plan, of: Channel, window: number, r: Random): string | undefined => {
  const earlier = window === 0 ? 0 : r.below(window)
  const count = window === 0 ? 0 : plan.count(of.index, earlier)
  return count === 0 ? undefined : plan.messageId(of.index, earlier, 16 * r.below(Math.ceil(count / 16)))
}

const react = (
  scene: Scene,
  record: Record<string, unknown>,
  at: number,
  reactors: Array<number>
): number => {
  const { of, plan, r } = scene
  if (!r.chance(plan.features.reactions)) return 0
  const keys = new Set(Array.from({ length: 1 + r.below(2) }, () => reactionKey(r)))
  let count = 0
  record.reactions = Array.from(keys, (key) => {
    const users = new Set(Array.from({ length: 1 + r.below(3) }, () => reactor(plan, of, r)))
    reactors.push(...users)
    count += users.size
    const updatedAt = r.chance(0.02) ? 0 : at + 1000 + r.below(100_000)
    return { key, user_ids: Array.from(users, (user) => userId(plan, user)), updated_at: updatedAt }
  })
  return count
}

const reactor = (plan: Plan, of: Channel, r: Random): number =>
  r.chance(plan.features.unknownReactors)
    ? plan.users + r.below(plan.missingUsers)
    : sender(plan, of, r.next())
