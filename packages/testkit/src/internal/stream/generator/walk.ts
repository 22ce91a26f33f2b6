// All records of an export, in the order of its file.
import { channelRecord, memberRecord, readRecord } from "./channelRecords.ts"
import type { StreamChannel } from "./channels.ts"
import { embeddedUsers } from "./embeddedUsers.ts"
import { latestOf, type StreamMessage, messagesIn } from "./messages.ts"
import type { StreamPlan } from "./plan.ts"
import type { Scene } from "./scene.ts"
import type { Layout, SelectedChannel, StreamSelection } from "./selection.ts"
import type { RawObject } from "./shape.ts"
import type { StreamTally } from "./tally.ts"

export type Kind = "channel" | "message" | "reaction" | "member" | "read" | "user" | "future_channel_ban"

export interface Item {
  readonly kind: Kind
  readonly record: RawObject
}

export const sceneOf = (
  plan: StreamPlan,
  { clearsDeletedText }: Pick<StreamSelection, "clearsDeletedText">,
  { custom, invites, times }: Layout
): Scene => {
  const shape = { custom, times, invites, isTextCleared: clearsDeletedText }
  return { plan, shape, users: embeddedUsers(plan, shape) }
}

/** The channels that an export selects, with their members, messages, reactions and users. */
export function* walkChannels(
  scene: Scene,
  selection: StreamSelection,
  layout: Layout,
  channelOf: (cid: string) => StreamChannel | undefined,
  tally: StreamTally
): Generator<Item> {
  const isV2 = selection.version === "v2"
  const shown = new Uint8Array(scene.plan.users)
  for (const channel of selection.channels) {
    const of = channelOf(channel.cid)
    if (of === undefined || (of.deletedAt !== undefined && !selection.includesDeleted)) continue
    if (!isV2) shown.fill(0)
    const note = (user: number) => {
      shown[user] = 1
    }
    tally.channel(of)
    note(of.creator)
    yield { kind: "channel", record: channelRecord(scene, of) }
    if (isV2) yield* members(scene, of, tally, note)
    yield* messages(scene, of, channel, selection, layout, tally, note)
    if (!isV2) yield* members(scene, of, tally, note)
    if (layout.reads) yield* reads(scene, of, tally)
    if (selection.exportsUsers && !isV2) yield* users(scene, shown)
  }
  if (selection.exportsUsers && isV2) yield* users(scene, shown)
}

/** Users with all their messages and reactions in these channels. */
export function* walkUsers(
  scene: Scene,
  chosen: ReadonlyArray<number>,
  channels: Iterable<StreamChannel>
): Generator<Item> {
  for (const user of chosen) yield { kind: "user", record: scene.users.full(user) }
  const isChosen = new Set(chosen)
  for (const of of channels) {
    for (const message of messagesIn(scene, of)) {
      if (!isStored(message)) continue
      if (isChosen.has(message.author)) yield { kind: "message", record: message.record }
      for (const { user, record } of message.reactions)
        if (isChosen.has(user)) yield { kind: "reaction", record }
    }
  }
}

/** Stream shows other messages only to their author, temporarily. */
export const isStored = ({ type }: StreamMessage): boolean => type !== "ephemeral" && type !== "error"

// internal

function* members(
  scene: Scene,
  of: StreamChannel,
  tally: StreamTally,
  note: (user: number) => void
): Generator<Item> {
  for (const [i, user] of of.members.entries()) {
    const record = memberRecord(scene, of, user, i)
    tally.member(user, record)
    note(user)
    yield { kind: "member", record }
  }
}

function* messages(
  scene: Scene,
  of: StreamChannel,
  { since = Number.NEGATIVE_INFINITY, until }: SelectedChannel,
  selection: StreamSelection,
  layout: Layout,
  tally: StreamTally,
  note: (user: number) => void
): Generator<Item> {
  const hasLines = selection.version === "v2" && layout.reactionLines
  const kept = selection.includesTruncated ? undefined : of.truncatedAt
  for (const message of messagesIn(scene, of, Math.max(since, kept ?? since), until)) {
    const latest = latestOf(message)
    const shown = hasLines ? message.reactions : latest
    tally.message(message, shown, latest.length)
    for (const user of message.users) note(user)
    for (const { user } of shown) note(user)
    yield { kind: "message", record: message.record }
    if (hasLines) for (const { record } of message.reactions) yield { kind: "reaction", record }
  }
}

function* reads(scene: Scene, of: StreamChannel, tally: StreamTally): Generator<Item> {
  for (const user of of.members) {
    tally.read()
    yield { kind: "read", record: readRecord(scene, of, user) }
  }
}

function* users({ users: { full } }: Scene, shown: Uint8Array): Generator<Item> {
  for (const [user, is] of shown.entries()) if (is === 1) yield { kind: "user", record: full(user) }
}
