// What a generated app of Stream's holds, as its exports and its lists show it.
import { again } from "../../generator/contents.ts"
import { eventsOf, futureBans } from "./beside.ts"
import { channelWire, memberWire } from "./channelWires.ts"
import { RUN, saidFrom, talkIn } from "./messages.ts"
import { people } from "./people.ts"
import { type StreamPlan, streamPlan, type StreamSettings } from "./plan.ts"
import { type StreamRoom, streamRoom } from "./rooms.ts"
import type { Scene } from "./scene.ts"
import { type Layout, type StreamSelection } from "./selection.ts"
import { plain, type Shape, type RawObject } from "./shape.ts"
import { type StreamTruth, streamTally } from "./tally.ts"
import { isDeactivated, isDeletedUser, userId } from "./users.ts"
import { isStored, sceneOf, walkChannels, walkUsers } from "./walk.ts"
import { documents, lines, objects } from "./writers.ts"

export interface StreamApp {
  readonly plan: StreamPlan
  /** All channels, deleted ones too, in the order of their numbers; some bytes for each are kept. */
  readonly rooms: () => Iterable<StreamRoom>
  readonly cids: () => ReadonlyArray<string>
  readonly roomOf: (cid: string) => StreamRoom | undefined
  readonly userIds: () => ReadonlyArray<string>
  readonly userOf: (id: string) => number | undefined
  readonly isDeactivated: (user: number) => boolean
  readonly isDeletedUser: (user: number) => boolean
  /** How many messages and reactions a user has; makes everything once. */
  readonly activityOf: (user: number) => { readonly messages: number; readonly reactions: number }
  /** What a reader of such an export must find. */
  readonly truth: (selection: StreamSelection, layout: Layout) => StreamTruth
  /** Chunks of some 64 KB, made again by each iteration. */
  readonly exportChannels: (selection: StreamSelection, layout: Layout) => Iterable<Uint8Array>
  readonly exportUsers: (users: ReadonlyArray<number>, layout: Layout) => Iterable<Uint8Array>
  readonly futureBans: (layout: Layout) => Iterable<Uint8Array>
  readonly events: (selection: StreamSelection, layout: Layout) => Iterable<Uint8Array>
  /** The synchronous export of one user; nobody stands in its messages and reactions. */
  readonly userDocument: (user: number, shape: Shape) => RawObject
  readonly userWire: (user: number, shape: Shape) => RawObject
  /** The members of a channel, in the order in which they joined. */
  readonly memberWires: (of: StreamRoom, shape: Shape) => ReadonlyArray<RawObject>
  /** A message by its id with all its reactions, the oldest first. Remembers where messages are from the first call on. */
  readonly messageOf: (
    id: string,
    shape: Shape
  ) =>
    | { readonly of: StreamRoom; readonly wire: RawObject; readonly reactions: ReadonlyArray<RawObject> }
    | undefined
  /** A channel as QueryChannels shows it, with so many of its latest messages and first members. */
  readonly channelState: (
    of: StreamRoom,
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
    const found = scenes.get(key) ?? { plan, shape, people: people(plan, shape) }
    scenes.set(key, found)
    return found
  }
  const rooms = () =>
    again(function* () {
      for (let index = 0; index < plan.channels; index++) yield streamRoom(plan, index)
    })
  const channels = once(
    () => new Map(Array.from(rooms(), ({ cid, index }): [string, number] => [cid, index]))
  )
  const users = once(
    () =>
      new Map(Array.from({ length: plan.users }, (_, user): [string, number] => [userId(plan, user), user]))
  )
  const messageLocations = once(() => {
    const found = new Map<string, number>()
    for (const of of rooms())
      for (const said of talkIn(sceneIn(plain), of))
        if (isStored(said)) found.set(String(said.wire["id"]), of.index)
    return found
  })
  const activity = once(() => countActivity(sceneIn(plain), rooms()))
  const roomOf = (cid: string) => {
    const index = channels().get(cid)
    return index === undefined ? undefined : streamRoom(plan, index)
  }
  // An export of some users looks into their channels only.
  function* roomsOf(chosen: ReadonlyArray<number>): Generator<StreamRoom> {
    const found = new Set(chosen.flatMap((user) => activity().rooms[user] ?? []))
    for (const index of Array.from(found).toSorted((a, b) => a - b)) yield streamRoom(plan, index)
  }
  return {
    plan,
    rooms,
    cids: once(() => Array.from(channels().keys())),
    roomOf,
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
      for (const _ of walkChannels(sceneOf(plan, selection, layout), selection, layout, roomOf, tally));
      return tally.truth()
    },
    exportChannels: (selection, layout) =>
      again(function* () {
        const scene = sceneOf(plan, selection, layout)
        const items = walkChannels(scene, selection, layout, roomOf, streamTally(plan.users))
        yield* selection.version === "v1" ? documents(items, layout, selection) : lines(items, layout)
      }),
    exportUsers: (chosen, layout) =>
      again(function* () {
        yield* lines(walkUsers(sceneOf(plan, KEPT, layout), chosen, roomsOf(chosen)), layout)
      }),
    futureBans: (layout) =>
      again(function* () {
        const { shape } = sceneOf(plan, KEPT, layout)
        yield* lines(futureBans(plan, shape), layout)
      }),
    events: (selection, layout) =>
      again(function* () {
        const scene = sceneOf(plan, selection, layout)
        const items = walkChannels(scene, selection, layout, roomOf, streamTally(plan.users))
        yield* objects(eventsOf(scene, items))
      }),
    userDocument: (user, shape) => {
      const messages: Array<RawObject> = []
      const reactions: Array<RawObject> = []
      for (const { kind, wire } of walkUsers(sceneIn(shape), [user], roomsOf([user]))) {
        if (kind === "message") messages.push({ ...wire, user: null })
        if (kind === "reaction") reactions.push({ ...wire, user: null })
      }
      return { user: sceneIn(shape).people.full(user), messages, reactions }
    },
    userWire: (user, shape) => sceneIn(shape).people.full(user),
    memberWires: (of, shape) => of.members.map((user, i) => memberWire(sceneIn(shape), of, user, i)),
    messageOf: (id, shape) => {
      const index = messageLocations().get(id)
      if (index === undefined) return undefined
      const of = streamRoom(plan, index)
      for (const { reactions, wire } of talkIn(sceneIn(shape), of))
        if (wire["id"] === id) return { of, wire, reactions: reactions.map((one) => one.wire) }
      return undefined
    },
    channelState: (of, shape, most) => {
      const scene = sceneIn(shape)
      const since = saidFrom(scene, of, Math.max(0, of.count - Math.max(most.messages, 1) - RUN))
      const talk = most.messages === 0 ? [] : Array.from(talkIn(scene, of, since))
      return {
        channel: channelWire(scene, of),
        messages: talk
          .filter(isStored)
          .slice(-Math.max(1, most.messages))
          .map(({ wire }) => wire),
        members: of.members.slice(0, most.members).map((user, i) => memberWire(scene, of, user, i)),
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

const countActivity = (scene: Scene, rooms: Iterable<StreamRoom>) => {
  const messages = new Uint32Array(scene.plan.users)
  const reactions = new Uint32Array(scene.plan.users)
  const locations: Array<Array<number>> = []
  const add = (counts: Uint32Array, user: number, room: number) => {
    counts[user] = (counts[user] ?? 0) + 1
    const known = (locations[user] ??= [])
    if (known.at(-1) !== room) known.push(room)
  }
  for (const of of rooms) {
    for (const said of talkIn(scene, of)) {
      if (!isStored(said)) continue
      add(messages, said.author, of.index)
      for (const { user } of said.reactions) add(reactions, user, of.index)
    }
  }
  return { messages, reactions, rooms: locations }
}
