// A generated Stream app, as its exports and lists show it.
import { again } from "../../generator/contents.ts"
import { eventsOf, futureBans } from "./beside.ts"
import { channelRecord, memberRecord } from "./channelRecords.ts"
import { type StreamChannel, streamChannel } from "./channels.ts"
import { embeddedUsers } from "./embeddedUsers.ts"
import { RUN, sentFrom, messagesIn } from "./messages.ts"
import { type StreamPlan, streamPlan, type StreamSettings } from "./plan.ts"
import type { Scene } from "./scene.ts"
import { type Layout, type StreamSelection } from "./selection.ts"
import { plain, type Shape, type RawObject } from "./shape.ts"
import { type StreamTruth, streamTally } from "./tally.ts"
import { isDeactivated, isDeletedUser, userId } from "./users.ts"
import { isStored, sceneOf, walkChannels, walkUsers } from "./walk.ts"
import { documents, lines, objects } from "./writers.ts"

export interface StreamApp {
  readonly plan: StreamPlan
  /** All channels, including deleted ones, in the order of their numbers; a few bytes are kept for each. */
  readonly channels: () => Iterable<StreamChannel>
  readonly cids: () => ReadonlyArray<string>
  readonly channelOf: (cid: string) => StreamChannel | undefined
  readonly userIds: () => ReadonlyArray<string>
  readonly userOf: (id: string) => number | undefined
  readonly isDeactivated: (user: number) => boolean
  readonly isDeletedUser: (user: number) => boolean
  /** The number of messages and reactions of a user; generates everything once. */
  readonly activityOf: (user: number) => { readonly messages: number; readonly reactions: number }
  /** What a reader of such an export must find. */
  readonly truth: (selection: StreamSelection, layout: Layout) => StreamTruth
  /** Chunks of about 64 KB, generated again for each iteration. */
  readonly exportChannels: (selection: StreamSelection, layout: Layout) => Iterable<Uint8Array>
  readonly exportUsers: (users: ReadonlyArray<number>, layout: Layout) => Iterable<Uint8Array>
  readonly futureBans: (layout: Layout) => Iterable<Uint8Array>
  readonly events: (selection: StreamSelection, layout: Layout) => Iterable<Uint8Array>
  /** The synchronous export of one user; its messages and reactions do not contain users. */
  readonly userDocument: (user: number, shape: Shape) => RawObject
  readonly userRecord: (user: number, shape: Shape) => RawObject
  /** The members of a channel, in the order in which they joined. */
  readonly memberRecords: (of: StreamChannel, shape: Shape) => ReadonlyArray<RawObject>
  /** A message by its id with all its reactions, oldest first. The first call indexes all messages. */
  readonly messageOf: (
    id: string,
    shape: Shape
  ) =>
    | { readonly of: StreamChannel; readonly record: RawObject; readonly reactions: ReadonlyArray<RawObject> }
    | undefined
  /** A channel in the format of QueryChannels, with the given numbers of its latest messages and first members. */
  readonly channelState: (
    of: StreamChannel,
    shape: Shape,
    most: { readonly messages: number; readonly members: number }
  ) => RawObject
}

/** The same settings make the same app. */
export const streamApp = (settings: StreamSettings = {}): StreamApp => {
  const plan = streamPlan(settings)
  const scenes = new Map<string, Scene>()
  const sceneIn = (shape: Shape): Scene => {
    const key = JSON.stringify(shape)
    const found = scenes.get(key) ?? { plan, shape, users: embeddedUsers(plan, shape) }
    scenes.set(key, found)
    return found
  }
  const channels = () =>
    again(function* () {
      for (let index = 0; index < plan.channels; index++) yield streamChannel(plan, index)
    })
  const indexes = once(
    () => new Map(Array.from(channels(), ({ cid, index }): [string, number] => [cid, index]))
  )
  const users = once(
    () =>
      new Map(Array.from({ length: plan.users }, (_, user): [string, number] => [userId(plan, user), user]))
  )
  const messageLocations = once(() => {
    const found = new Map<string, number>()
    for (const of of channels())
      for (const message of messagesIn(sceneIn(plain), of))
        if (isStored(message)) found.set(String(message.record["id"]), of.index)
    return found
  })
  const activity = once(() => countActivity(sceneIn(plain), channels()))
  const channelOf = (cid: string) => {
    const index = indexes().get(cid)
    return index === undefined ? undefined : streamChannel(plan, index)
  }
  // An export of some users only reads their channels.
  function* channelsOf(chosen: ReadonlyArray<number>): Generator<StreamChannel> {
    const found = new Set(chosen.flatMap((user) => activity().channels[user] ?? []))
    for (const index of Array.from(found).toSorted((a, b) => a - b)) yield streamChannel(plan, index)
  }
  return {
    plan,
    channels,
    cids: once(() => Array.from(indexes().keys())),
    channelOf,
    userIds: once(() => Array.from(users().keys())),
    userOf: (id) => users().get(id),
    isDeactivated: (user) => isDeactivated(plan, user),
    isDeletedUser: (user) => isDeletedUser(plan, user),
    activityOf: (user) => ({
      messages: activity().messages[user] ?? 0,
      reactions: activity().reactions[user] ?? 0
    }),
    truth: (selection, layout) => {
      const tally = streamTally(plan.users)
      for (const _ of walkChannels(sceneOf(plan, selection, layout), selection, layout, channelOf, tally));
      return tally.truth()
    },
    exportChannels: (selection, layout) =>
      again(function* () {
        const scene = sceneOf(plan, selection, layout)
        const items = walkChannels(scene, selection, layout, channelOf, streamTally(plan.users))
        yield* selection.version === "v1" ? documents(items, layout, selection) : lines(items, layout)
      }),
    exportUsers: (chosen, layout) =>
      again(function* () {
        yield* lines(walkUsers(sceneOf(plan, KEPT, layout), chosen, channelsOf(chosen)), layout)
      }),
    futureBans: (layout) =>
      again(function* () {
        const { shape } = sceneOf(plan, KEPT, layout)
        yield* lines(futureBans(plan, shape), layout)
      }),
    events: (selection, layout) =>
      again(function* () {
        const scene = sceneOf(plan, selection, layout)
        const items = walkChannels(scene, selection, layout, channelOf, streamTally(plan.users))
        yield* objects(eventsOf(scene, items))
      }),
    userDocument: (user, shape) => {
      const messages: Array<RawObject> = []
      const reactions: Array<RawObject> = []
      for (const { kind, record } of walkUsers(sceneIn(shape), [user], channelsOf([user]))) {
        if (kind === "message") messages.push({ ...record, user: null })
        if (kind === "reaction") reactions.push({ ...record, user: null })
      }
      return { user: sceneIn(shape).users.full(user), messages, reactions }
    },
    userRecord: (user, shape) => sceneIn(shape).users.full(user),
    memberRecords: (of, shape) => of.members.map((user, i) => memberRecord(sceneIn(shape), of, user, i)),
    messageOf: (id, shape) => {
      const index = messageLocations().get(id)
      if (index === undefined) return undefined
      const of = streamChannel(plan, index)
      for (const { reactions, record } of messagesIn(sceneIn(shape), of))
        if (record["id"] === id) return { of, record, reactions: reactions.map((one) => one.record) }
      return undefined
    },
    channelState: (of, shape, most) => {
      const scene = sceneIn(shape)
      const since = sentFrom(scene, of, Math.max(0, of.count - Math.max(most.messages, 1) - RUN))
      const messages = most.messages === 0 ? [] : Array.from(messagesIn(scene, of, since))
      return {
        channel: channelRecord(scene, of),
        messages: messages
          .filter(isStored)
          .slice(-Math.max(1, most.messages))
          .map(({ record }) => record),
        members: of.members.slice(0, most.members).map((user, i) => memberRecord(scene, of, user, i)),
        read: [],
        pinned_messages: []
      }
    }
  }
}

// internal

const KEPT = { clearsDeletedText: false }

const once = <A>(make: () => A): (() => A) => {
  let made: { readonly value: A } | undefined
  return () => (made ??= { value: make() }).value
}

const countActivity = (scene: Scene, all: Iterable<StreamChannel>) => {
  const messages = new Uint32Array(scene.plan.users)
  const reactions = new Uint32Array(scene.plan.users)
  const channels: Array<Array<number>> = []
  const add = (counts: Uint32Array, user: number, channel: number) => {
    counts[user] = (counts[user] ?? 0) + 1
    const known = (channels[user] ??= [])
    if (known.at(-1) !== channel) known.push(channel)
  }
  for (const of of all) {
    for (const message of messagesIn(scene, of)) {
      if (!isStored(message)) continue
      add(messages, message.author, of.index)
      for (const { user } of message.reactions) add(reactions, user, of.index)
    }
  }
  return { messages, reactions, channels }
}
