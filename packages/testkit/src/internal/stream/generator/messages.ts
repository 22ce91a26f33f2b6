// The messages of a channel, in chronological order.
import { type Random, random } from "../../random/random.ts"
import { chatText } from "../../random/text.ts"
import { anybody, type StreamChannel } from "./channels.ts"
import { attachments, LATEST, poll, reactionFields, reactions, translations } from "./parts.ts"
import type { Scene } from "./scene.ts"
import { object, time, timeOrNull, type RawObject } from "./shape.ts"
import { userId } from "./users.ts"

type MessageType = "regular" | "reply" | "system" | "deleted" | "ephemeral" | "error"

/** A message as it is in an export, with facts that only the generator knows. */
export interface StreamMessage {
  readonly record: RawObject
  readonly type: MessageType
  /** Microseconds. */
  readonly at: number
  readonly author: number
  /** Numbers of its author, of mentioned users and of the user who pinned it. */
  readonly users: ReadonlyArray<number>
  /** All reactions, oldest first. */
  readonly reactions: ReturnType<typeof reactions>
  readonly isReply: boolean
  readonly isOrphan: boolean
}

/** Messages come in runs of at most this size, each generated separately: threads and quotes stay within one. */
export const RUN = 256

/** The earliest time of the message `index` and all later ones, in microseconds. */
export const sentFrom = ({ plan }: Scene, of: StreamChannel, index: number): number =>
  of.createdAt + Math.floor((index / Math.max(1, of.count)) * (plan.end - of.createdAt))

/** Messages sent after `since` and before `until`. */
export function* messagesIn(
  scene: Scene,
  of: StreamChannel,
  since: number = Number.NEGATIVE_INFINITY,
  until: number = Number.POSITIVE_INFINITY
): Generator<StreamMessage> {
  for (let first = 0; first < of.count; first += RUN) {
    if (sentFrom(scene, of, first + RUN) <= since) continue
    if (sentFrom(scene, of, first) >= until) return
    for (const message of run(scene, of, first)) if (message.at > since && message.at < until) yield message
  }
}

// internal

const MESSAGES = 131
const AGAIN = 132
const GROUPS = 133

interface Draft {
  readonly id: string
  readonly text: string
  readonly at: number
  readonly author: number
  readonly type: MessageType
  readonly users: Array<number>
  readonly known: Record<string, unknown>
  readonly custom: RawObject
  readonly found: ReturnType<typeof reactions>
  readonly isOrphan: boolean
  readonly answers: Array<number>
}

const run = (scene: Scene, of: StreamChannel, first: number): ReadonlyArray<StreamMessage> => {
  const r = random(scene.plan.seed, MESSAGES, of.index, first)
  const drafts: Array<Draft> = []
  const openers: Array<Draft> = []
  for (let index = first; index < Math.min(of.count, first + RUN); index++) {
    const draft = draftOf(scene, of, r, index, openers)
    drafts.push(draft)
    if (draft.known["parent_id"] === undefined && (draft.type === "regular" || draft.type === "deleted"))
      openers.push(draft)
  }
  return drafts.map((draft): StreamMessage => {
    const { answers, at, author, custom, found, isOrphan, known, users, type } = draft
    const record = object(
      scene.shape,
      {
        ...known,
        reply_count: answers.length,
        ...(answers.length === 0
          ? {}
          : { thread_participants: Array.from(new Set(answers), scene.users.short) })
      },
      custom
    )
    const isReply = known["parent_id"] !== undefined
    return { record, type, at, author, users, reactions: found, isReply, isOrphan }
  })
}

const draftOf = (
  scene: Scene,
  of: StreamChannel,
  r: Random,
  index: number,
  openers: ReadonlyArray<Draft>
): Draft => {
  const { users, plan, shape } = scene
  const { features } = plan
  const from = sentFrom(scene, of, index)
  const at = from + 1 + Math.floor(r.next() * 0.98 * (sentFrom(scene, of, index + 1) - from - 2))
  const kind = kindOf(r, scene)
  const author = authorOf(scene, of, r)
  const id = idOf(scene, of, index, author)
  const text = r.chance(0.03) ? "" : chatText(r)
  const isDeleted = kind === "deleted"
  const around: Array<number> = [author]
  const chosen = openers.at(-1 - Math.floor(Math.min(openers.length, 8) * r.next()))
  const canAnswer = kind === "regular" || isDeleted
  const isOrphan = canAnswer && r.chance(features.orphans)
  const isReply = canAnswer && (isOrphan || (chosen !== undefined && r.chance(features.replies)))
  const parent = isOrphan ? undefined : chosen
  if (isReply) parent?.answers.push(author)
  const quoted = openers.at(-1 - Math.floor(Math.min(openers.length, 16) * r.next()))
  const isQuote = !isReply && canAnswer && quoted !== undefined && r.chance(features.quotes)
  const all = canAnswer && r.chance(features.reactions) ? reactions(scene, of, r, { id, at }) : []
  const type: MessageType = isReply && !isDeleted ? "reply" : kind
  const shown = isDeleted && shape.isTextCleared ? "" : text
  const nanos = r.chance(0.02) ? 1 + r.below(999) : 0
  const known: Record<string, unknown> = {
    id,
    text: shown,
    html: shown === "" ? "" : `<p>${escaped(shown)}</p>\n`,
    type,
    user: users.full(author),
    cid: of.cid,
    attachments: kind === "regular" && r.chance(features.attachments) ? attachments(r) : [],
    ...reactionFields(scene, all, r.chance(0.7)),
    deleted_reply_count: 0,
    created_at: time(shape, at, nanos),
    updated_at: time(shape, r.chance(features.edited) ? at + 60_000_000 : at, nanos),
    shadowed: kind === "regular" && r.chance(features.shadowed),
    silent: kind === "regular" && r.chance(features.silent),
    restricted_visibility: [],
    mentioned_users: [],
    mentioned_channel: false,
    ...pins(scene, of, r, canAnswer ? at : undefined, around)
  }
  if (isDeleted) known["deleted_at"] = time(shape, at + 120_000_000)
  if (isReply) {
    known["parent_id"] = parent?.id ?? `gone-${r.hex(24)}`
    known["show_in_channel"] = r.chance(features.shownInChannel)
  }
  if (isQuote) {
    known["quoted_message_id"] = quoted.id
    known["quoted_message"] = quote(quoted)
  }
  if (kind === "regular" && r.chance(features.mentions)) mention(scene, of, r, known, around)
  if (kind === "regular") Object.assign(known, groupMentions(scene, of, index))
  if (kind === "regular" && r.chance(features.restricted))
    known["restricted_visibility"] = Array.from(new Set([author, anybody(plan, of, r.next())]), (user) =>
      userId(plan, user)
    )
  if (canAnswer && text !== "" && r.chance(features.translations))
    known["i18n"] = translations(r, shown === "" ? "" : text)
  if (kind === "regular" && r.chance(features.polls)) Object.assign(known, poll(scene, r, author, at))
  if (kind === "ephemeral") Object.assign(known, { command: "giphy", args: text, attachments: [SUGGESTION] })
  const custom: RawObject = r.chance(features.custom)
    ? { priority: r.below(3), ...(r.chance(0.3) ? { payment: { amount: 12.5, paid_at: "2024" } } : {}) }
    : {}
  return {
    id,
    text: shown,
    at,
    author,
    type,
    users: around,
    known,
    custom,
    found: all,
    isOrphan: isReply && isOrphan,
    answers: []
  }
}

const kindOf = (r: Random, { plan: { features } }: Scene): Exclude<MessageType, "reply"> => {
  let share = r.next()
  for (const [kind, of] of [
    ["system", features.system],
    ["deleted", features.deleted],
    ["ephemeral", features.ephemeral],
    ["error", features.errors]
  ] as const) {
    if (share < of) return kind
    share -= of
  }
  return "regular"
}

const authorOf = ({ plan }: Scene, of: StreamChannel, r: Random): number => {
  const share = r.next()
  const isFormer = r.chance(plan.features.formerMembers)
  const member = of.members[Math.floor(share * share * of.members.length)]
  return member === undefined || isFormer ? anybody(plan, of, share) : member
}

// Ids of Stream's SDKs begin with the author's id; an id has at most 255 characters.
const idOf = ({ plan }: Scene, of: StreamChannel, index: number, author: number): string => {
  const r = random(plan.seed, AGAIN, of.index, index)
  const uuid = `${r.hex(8)}-${r.hex(4)}-4${r.hex(3)}-8${r.hex(3)}-${r.hex(12)}`
  const id = userId(plan, author)
  return r.chance(0.6) && id.length < 100 ? `${id}-${uuid}` : uuid
}

const pins = (
  { users, plan, shape }: Scene,
  of: StreamChannel,
  r: Random,
  at: number | undefined,
  around: Array<number>
): RawObject => {
  const none = { pinned: false, pinned_at: null, pinned_by: null, pin_expires: null }
  if (at === undefined || !r.chance(plan.features.pins)) return none
  const by = of.members[r.below(of.members.length)] ?? of.creator
  // A message that was pinned before may keep the time.
  if (r.chance(0.2)) return { ...none, pinned_at: time(shape, at + 5_000_000) }
  around.push(by)
  const expires = r.chance(0.4) ? plan.end + 86_400_000_000 : undefined
  return {
    pinned: true,
    pinned_at: time(shape, at + 10_000_000),
    pinned_by: users.full(by),
    pin_expires: timeOrNull(shape, expires)
  }
}

const mention = (
  { users, plan }: Scene,
  of: StreamChannel,
  r: Random,
  known: Record<string, unknown>,
  around: Array<number>
) => {
  if (r.chance(0.1)) {
    known["mentioned_channel"] = true
    return
  }
  const mentioned = new Set(Array.from({ length: 1 + r.below(3) }, () => anybody(plan, of, r.next())))
  around.push(...mentioned)
  known["mentioned_users"] = Array.from(mentioned, (user) =>
    r.chance(0.5) ? users.full(user) : users.short(user)
  )
}

/** Drawn from a separate sequence, so that the rest of an app does not change. */
const groupMentions = ({ plan }: Scene, of: StreamChannel, index: number): RawObject => {
  const r = random(plan.seed, GROUPS, of.index, index)
  if (!r.chance(plan.features.groupMentions)) return {}
  return r.chance(0.5) ? { mentioned_here: true } : { mentioned_roles: ["admin", "channel_moderator"] }
}

const quote = ({ known }: Draft): RawObject =>
  Object.fromEntries(QUOTED.flatMap((field) => (field in known ? [[field, known[field]]] : [])))

const QUOTED = ["id", "text", "html", "type", "user", "attachments", "cid", "created_at", "updated_at"]

const SUGGESTION = {
  type: "giphy",
  title: "one of many",
  thumb_url: "https://media.giphy.com/media/one/giphy.gif",
  actions: [{ name: "image_action", text: "Send", style: "primary", type: "button", value: "send" }]
}

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")

/** The reactions of a message that an export of the first version contains. */
export const latestOf = ({ reactions: all }: StreamMessage): StreamMessage["reactions"] => all.slice(-LATEST)
