// A generated Sendbird application, as its export API and its Platform API show it.
import { planBegin, type Channel, channelAt, channelCreatedAt } from "../../generator/channels.ts"
import { again, type File, failuresBetween, lastWindow, channelsOf } from "../../generator/contents.ts"
import { plan as makePlan, type Plan, planEnd, type Settings } from "../../generator/plan.ts"
import { type Tally, tally, type Truth } from "../../generator/tally.ts"
import { offsetIn } from "../../random/timezone.ts"
import { csvFormat } from "./csvFormat.ts"
import { jsonFormat } from "./jsonFormat.ts"
import { channelObject, memberObject, operatorObjects, userObject, type RawObject } from "./platform.ts"
import {
  rangesOf,
  messagesOf,
  selectedConversations,
  selectedChannels,
  selectedUsers,
  type Selection
} from "./selection.ts"
import { idText, threads } from "./threads.ts"

export type { Selection, RawObject }

export interface SelectedFile {
  /** Its path in the zip, with `/`. */
  readonly path: string
  /** Chunks of about 64 KB, generated again for each iteration. */
  readonly bytes: Iterable<Uint8Array>
}

export interface App {
  readonly plan: Plan
  /** All data was created from `from` on and before `to`; in milliseconds. */
  readonly from: number
  readonly to: number
  /** What a reader of all exports and of the Platform API must find. `records` counts one export of each type. */
  readonly truth: () => Truth
  /** What a reader of all exports alone must find. */
  readonly exportTruth: () => Truth
  /** The files of an export in a stable order; none if there is no data. */
  readonly exportFiles: (selection: Selection) => Iterable<SelectedFile>
  // The Platform API. Objects are generated one by one, in a stable order, and must be written with JSON.stringify
  // (ids above 2^53 are raw JSON).
  /** All users, including deactivated ones. */
  readonly users: () => Iterable<RawObject>
  readonly channels: (kind: "group" | "open") => Iterable<RawObject>
  /** Empty for an open channel, or one that does not exist. */
  readonly members: (channelUrl: string) => Iterable<RawObject>
  readonly operators: (channelUrl: string) => Iterable<RawObject>
  /** Messages created at `fromTs` or later, in that order, including removed ones and replies. */
  readonly messages: (channelUrl: string, fromTs: number) => Iterable<RawObject>
  readonly kindOf: (channelUrl: string) => "group" | "open" | undefined
}

/** The same settings make the same application. Windows do not overlap: each export cuts its own. */
export const app = (settings: Settings = {}): App => {
  const plan = makePlan({ ...settings, overlap: 0 })
  const api: Plan = {
    ...plan,
    view: { isApi: true, offset: undefined, showReadReceipt: true, showChannelMetadata: true }
  }
  const [from, to] = [planBegin(plan), planEnd(plan)]
  const locations = locationsOf(plan)
  const threadsIn = threads(api)
  const channelOf = (url: string): Channel | undefined => {
    const index = locations().byUrl.get(url)
    return index === undefined ? undefined : channelAt(api, index)
  }
  return {
    plan,
    from,
    to,
    truth: () => truthOf(api, locations, from, to),
    exportTruth: () => truthOf(plan, locations, from, to),
    exportFiles: (selection) =>
      again(function* () {
        const { showChannelMetadata, showReadReceipt, timezone } = selection
        const view = { isApi: false, offset: offsetIn(timezone), showReadReceipt, showChannelMetadata }
        const shown = { ...plan, view }
        for (const { bytes, path } of selectedFiles(shown, tally(shown), locations, selection))
          yield { bytes, path }
      }),
    users: () =>
      again(function* () {
        for (let user = 0; user < plan.users; user++) yield userObject(api, user)
      }),
    channels: (kind) =>
      again(function* () {
        for (const index of locations().byUrl.values()) {
          const of = channelAt(api, index)
          if (of.isOpen === (kind === "open")) yield channelObject(api, of)
        }
      }),
    members: (url) =>
      again(function* () {
        const of = channelOf(url)
        if (of !== undefined)
          for (const [i, user] of of.members.entries()) yield memberObject(api, of, user, i)
      }),
    operators: (url) =>
      again(function* () {
        const of = channelOf(url)
        if (of !== undefined) yield* operatorObjects(api, of)
      }),
    messages: (url, fromTs) =>
      again(function* () {
        const of = channelOf(url)
        if (of === undefined) return
        const answered = threadsIn(of)
        for (const { record } of messagesOf(
          api,
          of,
          rangesOf(api, of.index, { startTs: fromTs, endTs: to })
        )) {
          const thread = answered.get(idText(record.message_id))
          yield thread === undefined ? record : { ...record, thread_info: thread }
        }
      }),
    kindOf: (url) => {
      const of = channelOf(url)
      return of === undefined ? undefined : of.isOpen ? "open" : "group"
    }
  }
}

/** All fields of a selection except the data type and the period. */
export const EVERYTHING = {
  format: "json",
  csvDelimiter: ",",
  timezone: "UTC",
  senderIds: [],
  excludeSenderIds: [],
  channelUrls: [],
  excludeChannelUrls: [],
  userIds: [],
  showReadReceipt: true,
  showChannelMetadata: false,
  neighboringMessageLimit: 0
} as const

// internal

/** Indexes and creation times of channels: a few bytes for each, computed on first use. */
interface Locations {
  readonly byUrl: ReadonlyMap<string, number>
  /** Milliseconds, by the numbers of channels. */
  readonly createdAt: Float64Array
}

// A channel exists if a list or a message shows it.
const locationsOf = (plan: Plan): (() => Locations) => {
  let made: Locations | undefined
  return () => {
    if (made !== undefined) return made
    const byUrl = new Map<string, number>()
    for (let index = 0; index < plan.channels; index++) {
      const of = channelAt(plan, index)
      if (of.isListed || lastWindow(plan, index) !== undefined) byUrl.set(of.url, index)
    }
    const createdAt = Float64Array.from({ length: plan.channels }, (_, index) =>
      channelCreatedAt(plan, index)
    )
    made = { byUrl, createdAt }
    return made
  }
}

function* selectedFiles(
  plan: Plan,
  counts: Tally,
  locations: () => Locations,
  selection: Selection
): Generator<File> {
  const format =
    selection.format === "json"
      ? jsonFormat(plan, counts)
      : csvFormat(plan, counts, { delimiter: selection.csvDelimiter })
  switch (selection.dataType) {
    case "users":
      for (const isActive of [true, false]) {
        const users = selectedUsers(plan, selection, isActive)
        if (!isEmpty(users)) yield format.users(ARCHIVE, isActive, users)
      }
      return
    case "channels":
      for (const isOpen of [false, true]) {
        const { createdAt } = locations()
        const channels = selectedChannels(plan, selection, {
          createdAt,
          indexes: indexesOf(locations(), selection),
          isOpen
        })
        if (!isEmpty(channels)) yield format.channels(ARCHIVE, isOpen, channels)
      }
      return
    case "messages":
      yield* format.messages(
        ARCHIVE,
        selectedConversations(plan, selection, indexesOf(locations(), selection))
      )
      return
    default:
      for (const failures of failuresBetween(plan, selection.startTs, selection.endTs))
        yield format.webhooks(ARCHIVE, failures)
  }
}

const ARCHIVE = ""

const indexesOf = ({ byUrl }: Locations, { channelUrls }: Selection): ReadonlyArray<number> =>
  channelUrls.length === 0
    ? Array.from(byUrl.values())
    : Array.from(new Set(channelUrls.flatMap((url) => byUrl.get(url) ?? []))).toSorted((a, b) => a - b)

const isEmpty = (values: Iterable<unknown>): boolean => {
  for (const _ of values) return false
  return true
}

const truthOf = (plan: Plan, locations: () => Locations, startTs: number, endTs: number): Truth => {
  const counts = tally(plan)
  for (const isOpen of [false, true]) for (const _ of channelsOf(plan, counts, isOpen));
  for (const dataType of ["users", "channels", "messages", "failed_webhooks"] as const) {
    const selection: Selection = { ...EVERYTHING, dataType, startTs, endTs }
    for (const file of selectedFiles(plan, counts, locations, selection)) file.rehearse()
  }
  return counts.truth()
}
