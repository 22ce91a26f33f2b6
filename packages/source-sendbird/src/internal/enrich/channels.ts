// Walks the channels of one form, page by page, and reads members and messages of each channel of a page.
import type { ApiClient } from "@chatferry/connector"
import { Consequence, type SourceError, Timestamp } from "@chatferry/core"
import * as Effect from "effect/Effect"
import { declared } from "../consequences.ts"
import { channel } from "../records/channel.ts"
import type { Context } from "../records/context.ts"
import { pinnedOf } from "../records/pins.ts"
import { channelId, isObject, time, UNREADABLE, type RawObject } from "../records/raw.ts"
import * as Listing from "./listing.ts"
import * as MemberPages from "./memberPages.ts"
import * as MessagePages from "./messagePages.ts"
import type { ObservedOut } from "./observedOut.ts"
import { eachValue, type Page } from "./page.ts"
import type * as Position from "./position.ts"
import type { Enrichment, Reading, Settings, Stepping } from "./step.ts"
import * as Walk from "./walk.ts"

export type Form = "group" | "open"

export const start: Position.Channels = { listing: Listing.start, walk: null, channels: [], task: null }

export const isDone = ({ listing, task }: Position.Channels): boolean =>
  listing.token === null && task === null

/** Makes one request: for the task of the current channel, or for the next page of channels. */
export const step = (form: Form, reading: Reading, state: Position.Channels): Stepping<Position.Channels> => {
  const [at, ...rest] = state.channels
  return at === undefined || state.task === null
    ? stepListing(form, reading, state)
    : stepChannel(form, reading, state, at, state.task, rest)
}

/** Maps a channel of a page. */
export const listed = (
  value: RawObject,
  form: Form,
  to: number,
  out: ObservedOut,
  context: Context,
  arePinsPlaced = false
): void => {
  out.observedAt = observationOf(value, to)
  channel(value, { ...context, form, isListed: true, arePinsPlaced })
}

// internal

const GONE = 400_201
/** Ten times as long as Sendbird's URLs. Positions contain the URL. */
const MOST_URL = 1000

const stepChannel = (
  form: Form,
  reading: Reading,
  state: Position.Channels,
  at: Position.Channel,
  task: Position.Task,
  rest: ReadonlyArray<Position.Channel>
): Stepping<Position.Channels> => {
  const path = `/${form}_channels/${encodeURIComponent(at.url.toWellFormed())}`
  // Addresses of channels contain ids, which progress does not show.
  const page = `${CALLS[form].location} page ${state.listing.page}`
  const leave = () => ({
    ...state,
    channels: rest,
    task: rest.length === 0 ? null : firstTask(form, reading)
  })
  return progress(reading, { form, channel: at, path, location: path.slice(1) }, task).pipe(
    Effect.map(({ bytes, task: going }) => {
      const next = going ?? taskAfter(task, reading)
      const after = next === undefined ? leave() : { ...state, task: next }
      return { state: after, bytes, location: `${page}, ${task._tag}` }
    }),
    Effect.catchTag("RequestRejected", (error) => {
      if (error.code !== GONE) return Effect.fail(error)
      reading.out.note(declared.goneChannel.code)
      for (const list of ["members", "operators", "messages"]) reading.watches.end(`${path}/${list}`)
      return Effect.succeed({ state: leave(), bytes: 0, location: page })
    })
  )
}

const progress = (
  reading: Reading,
  subject: MemberPages.Subject,
  task: Position.Task
): Effect.Effect<MemberPages.Progress<Position.Task>, ApiClient.RequestError | SourceError.CorruptInput> => {
  switch (task._tag) {
    case "members":
      return MemberPages.stepMembers(reading, subject, task)
    case "operators":
      return MemberPages.stepOperators(reading, subject, task)
    case "messages":
      return MessagePages.step(reading, subject, task)
  }
}

const firstTask = (
  form: Form,
  { enrichment, from }: { readonly enrichment: Enrichment; readonly from: number }
): Position.Task | null => {
  if (enrichment.members) return form === "group" ? MemberPages.startMembers : MemberPages.startOperators
  return enrichment.messages ? MessagePages.start(from) : null
}

const taskAfter = (task: Position.Task, { enrichment, from }: Settings): Position.Task | undefined =>
  task._tag !== "messages" && enrichment.messages ? MessagePages.start(from) : undefined

const stepListing = (form: Form, reading: Reading, state: Position.Channels): Stepping<Position.Channels> =>
  Effect.map(Listing.turn(reading, CALLS[form], state.listing), ({ listing, page }) => {
    if (page === undefined) {
      reading.out.note(declared.restarted.code)
      return {
        state: { ...start, listing, walk: Walk.again(state.walk) },
        bytes: 0,
        location: CALLS[form].location
      }
    }
    const location = `${CALLS[form].location} page ${listing.page}`
    const { channels, walk } = readPage(form, reading, page, location, state)
    const task = channels.length === 0 ? null : firstTask(form, reading)
    return {
      state: { listing, walk, channels: task === null ? [] : channels, task },
      bytes: page.bytes,
      location
    }
  })

/** Maps the channels of a page, and returns those of which more has to be read. */
const readPage = (
  form: Form,
  reading: Reading,
  page: Page,
  location: string,
  { listing, walk: before }: Position.Channels
) => {
  const { context, enrichment, out } = reading
  const times = page.values.map((value) => (isObject(value) ? millisOf(value.created_at) : undefined))
  const walk = Walk.extend(before, times)
  const channels: Array<Position.Channel> = []
  const to = { answer: `${form}_channels`, to: reading.to } as const
  const origin = enrichment.channels ? to : { ...to, isListed: true }
  eachValue(page, location, out, origin, (value, i) => {
    if (!isObject(value))
      return out.reject("channel", declared.notAnObject.code, "a record must be an object", value)
    if (listing.expiredAt > 0 && Walk.isPassed(before, walk, times[i])) return
    const observedAt = observationOf(value, reading.to)
    if (enrichment.channels) {
      listed(value, form, reading.to, out, context, enrichment.messages)
      out.note(Consequence.codeOf(declared.enriched, "channels"))
    }
    const url = channelId(value.channel_url)
    if (url === undefined) return
    if (url === "." || url === ".." || url.length > MOST_URL)
      return out.note(declared.unusableChannelUrl.code)
    const createdAt = time(value.created_at)
    const pinned = enrichment.messages ? pinnedOf(value) : undefined
    channels.push({
      url,
      createdAt: createdAt === undefined || createdAt === UNREADABLE ? null : createdAt,
      observedAt,
      ...(pinned !== undefined && { pinned: Array.from(pinned) })
    })
  })
  return { channels, walk }
}

/**
 * Returns a time later than any observation of the channel in an export. Export
 * files date a channel by its last message, and that message is before the end of
 * the period unless the API knows it as well.
 */
const observationOf = ({ created_at, last_message: last }: RawObject, to: number): Timestamp.Timestamp => {
  const lastAt = isObject(last) ? millisOf(last.created_at ?? last.ts) : undefined
  const latest = Math.max(to, (lastAt ?? 0) + 1, (millisOf(created_at) ?? 0) + 1)
  return Timestamp.fromMillis(latest) ?? END_OF_TIME
}

const END_OF_TIME = "9999-12-31T23:59:59.999Z" as Timestamp.Timestamp

const millisOf = (value: unknown): number | undefined => {
  const found = time(value)
  return found === undefined || found === UNREADABLE ? undefined : Timestamp.toMillis(found)
}

const CALLS: Readonly<Record<Form, Listing.Call & { readonly location: string }>> = {
  group: {
    operation: "listing group channels",
    path: "/group_channels",
    location: "group_channels",
    // Any other order changes while messages are sent, so channels would be missed.
    query: {
      order: "chronological",
      show_empty: true,
      show_frozen: true,
      show_member: false,
      show_metadata: true
    },
    list: "channels",
    id: "channel_url"
  },
  open: {
    operation: "listing open channels",
    path: "/open_channels",
    location: "open_channels",
    query: { show_frozen: true, show_metadata: true },
    list: "channels",
    id: "channel_url"
  }
}
