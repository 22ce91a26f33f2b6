import { type Given, over } from "../random/over.ts"
import { mix, random, shareOf } from "../random/random.ts"
import { DAY, START } from "../random/time.ts"
import { offsetIn } from "../random/timezone.ts"
// What a generated export consists of, decided before anything is written: how
// many messages each channel has in each window, and with which ids.
import { defaults, type Features } from "./features.ts"

/** What to make. Every field has a default. */
export interface Settings {
  /** Any integer. Default 1. */
  readonly seed?: number | undefined
  /** Distinct messages. Default 1000. */
  readonly messages?: number | undefined
  /** Channels of all kinds, some of them empty. Default one per 200 messages, at least 4. */
  readonly channels?: number | undefined
  /** Users in the users files, at least 4; another 2 % take part and are in no users file. Default one per 50 messages, at least 8. */
  readonly users?: number | undefined
  /** Message exports, one archive each, that follow each other. Default 3. */
  readonly windows?: number | undefined
  /** Length of a window in days. Default 7. */
  readonly windowDays?: number | undefined
  /** Share of the messages of the next window that a window shows too, at most 1024 per channel. Default 0. */
  readonly overlap?: number | undefined
  /** Default one per 500 messages. */
  readonly failedWebhooks?: number | undefined
  /** A longer channel goes on in another file. Rounded up to a multiple of 1024. Default 20480. */
  readonly messagesPerFile?: number | undefined
  /** Indented by two spaces, as real exports are, or on one line. Default one line. */
  readonly pretty?: boolean | undefined
  /** When the first window begins, in milliseconds; cut to a day in UTC. Default Monday, 4 March 2024. */
  readonly start?: number | undefined
  /** An IANA name, for times that are text. Without it, each has an offset of its own (in CSV, UTC where JSON has numbers). */
  readonly timezone?: string | undefined
  /**
   * What the same things are called: as in exports, in the oldest words that Sendbird's SDKs read (`old`), or in
   * lists that are called as in pages of the Platform API (`pages`, as JSON). All say the same. Default `usual`.
   */
  readonly spelling?: "usual" | "old" | "pages" | undefined
  readonly features?: Given<Features> | undefined
}

/** What of the same things is shown, and how. */
interface View {
  /** Whether the Platform API shows it, which hides less than an export. */
  readonly isApi: boolean
  /** Minutes ahead of UTC, for times as text; each has an offset of its own without. */
  readonly offset: ((millis: number) => number) | undefined
  readonly showReadReceipt: boolean
  readonly showChannelMetadata: boolean
}

/** Messages of one channel in one window come in runs of at most this many, each generated on its own. */
export const RUN = 1024

export interface Plan {
  readonly seed: number
  /** Milliseconds: when the first window begins. */
  readonly start: number
  readonly messages: number
  readonly channels: number
  /** Users in the users files. */
  readonly users: number
  /** Users who take part and are in no users file; their numbers follow those of the others. */
  readonly missingUsers: number
  readonly windows: number
  readonly windowMillis: number
  readonly failedWebhooks: number
  readonly messagesPerFile: number
  readonly pretty: boolean
  readonly spelling: "usual" | "old" | "pages"
  readonly features: Features
  readonly view: View
  /** Messages of a channel that begin in a window. */
  readonly count: (channel: number, window: number) => number
  /** Messages of the next window that this one shows too, because exported windows overlap. */
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

/** The first millisecond of a window; windows follow each other without a gap. */
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

// Shares of a total are rounded cumulatively, so that they add up to it exactly.
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

// Most channels are small and a few hold most of the talk; every seventeenth has no message at all.
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
