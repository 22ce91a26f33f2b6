// The plan of a generated export, made before anything is written: the number of
// messages of each channel in each window, and their ids.
import { type Given, over } from "../random/over.ts"
import { mix, random, shareOf } from "../random/random.ts"
import { DAY, START } from "../random/time.ts"
import { offsetIn } from "../random/timezone.ts"
import { defaults, type Features } from "./features.ts"

/** What to generate. Every field has a default. */
export interface Settings {
  /** Any integer. @default 1 */
  readonly seed?: number | undefined
  /** Number of distinct messages. @default 1000 */
  readonly messages?: number | undefined
  /** Number of channels of all kinds, some of them empty. @default one per 200 messages, at least 4 */
  readonly channels?: number | undefined
  /** Number of users in the users files, at least 4. Another 2 % take part but are not in any users file. @default one per 50 messages, at least 8 */
  readonly users?: number | undefined
  /** Number of consecutive message exports, one archive each. @default 3 */
  readonly windows?: number | undefined
  /** Length of a window in days. @default 7 */
  readonly windowDays?: number | undefined
  /** Share of the messages of the next window that a window also contains, at most 1024 per channel. @default 0 */
  readonly overlap?: number | undefined
  /** Number of failed webhooks. @default one per 500 messages */
  readonly failedWebhooks?: number | undefined
  /** Maximum messages per file; a longer channel continues in another file. Rounded up to a multiple of 1024. @default 20480 */
  readonly messagesPerFile?: number | undefined
  /** Whether JSON is indented by two spaces, as in real exports, instead of on one line. @default false */
  readonly pretty?: boolean | undefined
  /** Start of the first window in milliseconds, cut to a day in UTC. @default Monday, 4 March 2024 */
  readonly start?: number | undefined
  /** An IANA time zone for times that are text. @default a different offset for each (in CSV, UTC where JSON has numbers) */
  readonly timezone?: string | undefined
  /**
   * The names of fields: as in exports, as in the oldest versions that Sendbird's SDKs read (`old`), or in
   * lists named like pages of the Platform API (`pages`, as JSON). The content is the same. @default `usual`
   */
  readonly spelling?: "usual" | "old" | "pages" | undefined
  readonly features?: Given<Features> | undefined
}

/** Which parts of the data are shown, and how. */
interface View {
  /** Whether it is the view of the Platform API, which hides less than an export. */
  readonly isApi: boolean
  /** Offset from UTC in minutes, for times as text; `undefined` for a different offset each. */
  readonly offset: ((millis: number) => number) | undefined
  readonly showReadReceipt: boolean
  readonly showChannelMetadata: boolean
}

/** The messages of a channel in a window come in runs of at most this size, each generated separately. */
export const RUN = 1024

export interface Plan {
  readonly seed: number
  /** Start of the first window, in milliseconds. */
  readonly start: number
  readonly messages: number
  readonly channels: number
  /** Number of users in the users files. */
  readonly users: number
  /** Number of users who take part but are not in any users file; their numbers follow those of the others. */
  readonly missingUsers: number
  readonly windows: number
  readonly windowMillis: number
  readonly failedWebhooks: number
  readonly messagesPerFile: number
  readonly pretty: boolean
  readonly spelling: "usual" | "old" | "pages"
  readonly features: Features
  readonly view: View
  /** Number of messages of a channel that begin in a window. */
  readonly count: (channel: number, window: number) => number
  /** Number of messages of the next window that this one contains too, because exported windows overlap. */
  readonly shared: (channel: number, window: number) => number
  /** The id of a message as decimal digits. */
  readonly messageId: (channel: number, window: number, index: number) => string
}

export const plan = (settings: Settings): Plan => {
  const seed = settings.seed ?? 1
  const messages = whole(settings.messages, 1000, 0)
  const channels = whole(settings.channels, Math.max(4, Math.ceil(messages / 200)), 1)
  const users = whole(settings.users, Math.max(8, Math.ceil(messages / 50)), 4)
  const windows = whole(settings.windows, 3, 1)
  const overlap = Math.min(1, Math.max(0, settings.overlap ?? 0))
  const features = over(defaults, settings.features)
  const counts = spread(seed, messages, channels, windows)
  const count = (channel: number, window: number) => counts[window * channels + channel] ?? 0
  const before = runningTotals(counts)
  return {
    seed,
    start: settings.start === undefined ? START : Math.floor(settings.start / DAY) * DAY,
    messages,
    channels,
    users,
    missingUsers: Math.max(1, Math.ceil(users * 0.02)),
    windows,
    windowMillis: Math.max(1, settings.windowDays ?? 7) * DAY,
    failedWebhooks: whole(settings.failedWebhooks, Math.ceil(messages / 500), 0),
    messagesPerFile: Math.ceil(whole(settings.messagesPerFile, 20 * RUN, 1) / RUN) * RUN,
    pretty: settings.pretty ?? false,
    spelling: settings.spelling ?? "usual",
    features,
    view: {
      isApi: false,
      offset: settings.timezone === undefined ? undefined : offsetIn(settings.timezone),
      showReadReceipt: true,
      showChannelMetadata: false
    },
    count,
    shared: (channel, window) =>
      window + 1 < windows ? Math.min(RUN, Math.ceil(count(channel, window + 1) * overlap)) : 0,
    messageId: (channel, window, index) => {
      const running = (before[window * channels + channel] ?? 0) + index
      const id = FIRST_ID + running * 8 + (mix(seed, ID, running) & 7)
      const isBig = shareOf(seed, BIG_ID, channel) < features.bigIds
      return isBig ? String(BigInt(id) + BIG) : String(id)
    }
  }
}

/** The first millisecond of a window; windows are contiguous. */
export const windowStart = (of: Plan, window: number): number => of.start + window * of.windowMillis

/** The end of the last window. */
export const planEnd = (of: Plan): number => windowStart(of, of.windows)

// internal

const ID = 1
const BIG_ID = 2
const WEIGHT = 3
const ACTIVITY = 4
const FIRST_ID = 10_400_000_000
const BIG = 2n ** 53n

const whole = (value: number | undefined, otherwise: number, least: number) =>
  Math.max(least, Math.floor(value ?? otherwise))

// Shares of a total are rounded cumulatively, so that their sum is exact.
const spread = (seed: number, messages: number, channels: number, windows: number): Int32Array => {
  const counts = new Int32Array(windows * channels)
  const weights = Float64Array.from({ length: channels }, (_, channel) => weight(seed, channel))
  const total = weights.reduce((sum, value) => sum + value, 0)
  let seen = 0
  let given = 0
  for (const [channel, value] of weights.entries()) {
    seen += value
    const upTo = channel === channels - 1 ? messages : Math.floor((messages * seen) / total)
    spreadChannel(counts, { seed, channel, channels, windows, messages: upTo - given })
    given = upTo
  }
  return counts
}

// Most channels are small, and a few have most of the messages. Every 17th has none.
const weight = (seed: number, channel: number): number =>
  channel % 17 === 16 ? 0 : 1 / (1.02 - shareOf(seed, WEIGHT, channel)) ** 1.3

const spreadChannel = (
  counts: Int32Array,
  of: { seed: number; channel: number; channels: number; windows: number; messages: number }
) => {
  const r = random(of.seed, ACTIVITY, of.channel)
  const first = r.chance(0.6) ? 0 : r.below(of.windows)
  const weights = Array.from({ length: of.windows }, (_, window) =>
    window < first ? 0 : window === first ? 1 : r.chance(0.25) ? 0 : 0.3 + r.next()
  )
  const total = weights.reduce((sum, value) => sum + value, 0)
  let seen = 0
  let given = 0
  for (const [window, value] of weights.entries()) {
    seen += value
    const upTo = window === of.windows - 1 ? of.messages : Math.round((of.messages * seen) / total)
    counts[window * of.channels + of.channel] = upTo - given
    given = upTo
  }
}

const runningTotals = (counts: Int32Array): Float64Array => {
  const totals = new Float64Array(counts.length)
  let sum = 0
  for (const [i, count] of counts.entries()) {
    totals[i] = sum
    sum += count
  }
  return totals
}
