// Everything that an export shows, in the order in which its file has it.
import { channelWire, memberWire, readWire } from "./channelWires.ts"
import { latestOf, type StreamSaid, talkIn } from "./messages.ts"
import { people } from "./people.ts"
import type { StreamPlan } from "./plan.ts"
import type { StreamRoom } from "./rooms.ts"
import type { Scene } from "./scene.ts"
import type { Layout, SelectedChannel, StreamSelection } from "./selection.ts"
import type { RawObject } from "./shape.ts"
import type { StreamTally } from "./tally.ts"

export type Kind = "channel" | "message" | "reaction" | "member" | "read" | "user" | "future_channel_ban"

export interface Item {
  readonly kind: Kind
  readonly wire: RawObject
}

export const sceneOf = (
  plan: StreamPlan,
  { clearsDeletedText }: Pick<StreamSelection, "clearsDeletedText">,
  { custom, invites, times }: Layout
): Scene => {
  const shape = { custom, times, invites, isTextCleared: clearsDeletedText }
  return { plan, shape, people: people(plan, shape) }
}

/** The channels of a selection that an export shows, with theirs. */
export function* walkChannels(
  scene: Scene,
  selection: StreamSelection,
  layout: Layout,
  roomOf: (cid: string) => StreamRoom | undefined,
  tally: StreamTally
): Generator<Item> {
  const isV2 = selection.version === "v2"
  const shown = new Uint8Array(scene.plan.users)
  for (const channel of selection.channels) {
    const of = roomOf(channel.cid)
    if (of === undefined || (of.deletedAt !== undefined && !selection.includesDeleted)) continue
    if (!isV2) shown.fill(0)
    const note = (user: number) => {
      shown[user] = 1
    }
    tally.channel(of)
    note(of.creator)
    yield { kind: "channel", wire: channelWire(scene, of) }
    if (isV2) yield* members(scene, of, tally, note)
    yield* messages(scene, of, channel, selection, layout, tally, note)
    if (!isV2) yield* members(scene, of, tally, note)
    if (layout.reads) yield* reads(scene, of, tally)
    if (selection.exportsUsers && !isV2) yield* users(scene, shown)
  }
  if (selection.exportsUsers && isV2) yield* users(scene, shown)
}

/** Users with all that they wrote and how they reacted in these channels. */
export function* walkUsers(
  scene: Scene,
  chosen: ReadonlyArray<number>,
  rooms: Iterable<StreamRoom>
): Generator<Item> {
  for (const user of chosen) yield { kind: "user", wire: scene.people.full(user) }
  const isChosen = new Set(chosen)
  for (const of of rooms) {
    for (const said of talkIn(scene, of)) {
      if (!isStored(said)) continue
      if (isChosen.has(said.author)) yield { kind: "message", wire: said.wire }
      for (const { user, wire } of said.reactions) if (isChosen.has(user)) yield { kind: "reaction", wire }
    }
  }
}

/** Stream shows the others to their author alone, for a while. */
export const isStored = ({ type }: StreamSaid): boolean => type !== "ephemeral" && type !== "error"

// internal

function* members(
  scene: Scene,
  of: StreamRoom,
  tally: StreamTally,
  note: (user: number) => void
): Generator<Item> {
  for (const [i, user] of of.members.entries()) {
    const wire = memberWire(scene, of, user, i)
    tally.member(user, wire)
    note(user)
    yield { kind: "member", wire }
  }
}

function* messages(
  scene: Scene,
  of: StreamRoom,
  { since = Number.NEGATIVE_INFINITY, until }: SelectedChannel,
  selection: StreamSelection,
  layout: Layout,
  tally: StreamTally,
  note: (user: number) => void
): Generator<Item> {
  const hasLines = selection.version === "v2" && layout.reactionLines
  const kept = selection.includesTruncated ? undefined : of.truncatedAt
  for (const said of talkIn(scene, of, Math.max(since, kept ?? since), until)) {
    const latest = latestOf(said)
    const shown = hasLines ? said.reactions : latest
    tally.message(said, shown, latest.length)
    for (const user of said.people) note(user)
    for (const { user } of shown) note(user)
    yield { kind: "message", wire: said.wire }
    if (hasLines) for (const { wire } of said.reactions) yield { kind: "reaction", wire }
  }
}

function* reads(scene: Scene, of: StreamRoom, tally: StreamTally): Generator<Item> {
  for (const user of of.members) {
    tally.read()
    yield { kind: "read", wire: readWire(scene, of, user) }
  }
}

function* users({ people: { full } }: Scene, shown: Uint8Array): Generator<Item> {
  for (const [user, is] of shown.entries()) if (is === 1) yield { kind: "user", wire: full(user) }
}
