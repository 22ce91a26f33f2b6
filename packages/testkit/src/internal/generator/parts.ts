// The parts of a message besides its text.
import type { Random } from "../random/random.ts"
import { chatText, plainWord, title } from "../random/text.ts"

/** The additional members of a `FILE` message. */
export const fileParts = (
  r: Random,
  options: { isVoice: boolean; isProtected: boolean }
): Record<string, unknown> => {
  const [extension, type] = options.isVoice ? VOICE : r.pick(TYPES)
  const file = {
    url: fileUrl(r, extension),
    name: `${plainWord(r)} ${plainWord(r)}.${extension}`,
    type,
    size: r.below(25_000_000),
    data: ""
  }
  return {
    file: options.isProtected ? { ...file, require_auth: true } : file,
    ...(options.isProtected ? { require_auth: true } : {}),
    ...(type.startsWith("image/") || type.startsWith("video/") ? { thumbnails: thumbnails(r) } : {}),
    ...(options.isVoice ? { sorted_metaarray: voiceArrays(r) } : {})
  }
}

/** Several files in one message, in one of two spellings. */
export const manyFiles = (r: Random): ReadonlyArray<Record<string, unknown>> => {
  const isShort = r.chance(0.3)
  return Array.from({ length: r.chance(0.05) ? 30 : 2 + r.below(4) }, () => {
    const [extension, type] = r.pick(TYPES)
    const url = fileUrl(r, extension)
    const name = `${plainWord(r)}.${extension}`
    const size = r.below(25_000_000)
    return isShort
      ? { url, name, size, type }
      : {
          url,
          file_name: name,
          file_size: size,
          file_type: type,
          thumbnails: thumbnails(r),
          require_auth: false
        }
  })
}

export const metaArrays = (r: Random): ReadonlyArray<{ key: string; value: ReadonlyArray<string> }> => {
  const found = [{ key: "lang", value: ["en"] }]
  return r.chance(0.5) ? [{ key: plainWord(r), value: [plainWord(r), plainWord(r)] }, ...found] : found
}

export const link = (r: Random): Record<string, unknown> => {
  const image = {
    url: `https://cdn.example.com/${r.hex(12)}.png`,
    secure_url: "",
    type: "image/png",
    width: 1200,
    height: 630,
    alt: ""
  }
  return {
    "og:url": `https://example.com/${r.hex(8)}`,
    "og:title": title(r),
    "og:description": chatText(r),
    ...(r.chance(0.7) ? { "og:image": image } : {})
  }
}

/** A poll; its times are in seconds. */
export const poll = (r: Random, seconds: number): Record<string, unknown> => {
  const id = 1 + r.below(1_000_000)
  const options = Array.from({ length: 2 + r.below(4) }, (_, i) => ({
    id: id * 10 + i,
    poll_id: id,
    text: title(r),
    vote_count: r.below(9),
    created_at: seconds,
    updated_at: seconds
  }))
  return {
    id,
    title: `${title(r)}?`,
    status: r.pick(["open", "closed"]),
    created_at: seconds,
    updated_at: seconds,
    close_at: r.pick([-1, seconds + 86_400]),
    voter_count: r.below(20),
    allow_user_suggestion: false,
    allow_multiple_votes: r.chance(0.5),
    data: {},
    options
  }
}

/** `data` of a message: JSON text, text that resembles JSON, or other text. */
export const extra = (r: Random): string => {
  const x = r.next()
  if (x < 0.8) return JSON.stringify({ ref: r.hex(8), n: r.below(1000), note: title(r), path: "a/b" })
  return x < 0.9 ? "{'path': 'hello'}" : title(r)
}

export const translations = (r: Random): Record<string, string> => ({
  ko: chatText(r),
  ...(r.chance(0.5) ? { es: chatText(r) } : {})
})

export const reactionKey = (r: Random): string => r.pick(REACTIONS)

// internal

const REACTIONS = [
  "sendbird_emoji_heart_eyes",
  "sendbird_emoji_thumbsdown",
  "sendbird_emoji_thumbsup",
  "tada",
  "❤️",
  "custom key.1"
]

const TYPES: ReadonlyArray<readonly [extension: string, type: string]> = [
  ["jpg", "image/jpeg"],
  ["png", "image/png"],
  ["mp4", "video/mp4"],
  ["pdf", "application/pdf"],
  ["mp3", "audio/mpeg"],
  ["zip", ""]
]

const VOICE = ["mp3", "audio/mp3;sbu_type=voice"] as const

// Some are plain http, which some providers reject.
const fileUrl = (r: Random, extension: string) =>
  `${r.chance(0.03) ? "http" : "https"}://files.example.com/${r.hex(32)}.${extension}`

const thumbnails = (r: Random) => {
  if (r.chance(0.3)) return []
  const url = `https://files.example.com/t/${r.hex(24)}`
  return [
    { url, plain_url: url, width: 100, height: 100, real_width: 100, real_height: 66 },
    { url: `${url}-l`, plain_url: `${url}-l`, width: 320, height: 320, real_width: 320, real_height: 211 }
  ]
}

const voiceArrays = (r: Random) => [
  { key: "KEY_INTERNAL_MESSAGE_TYPE", value: ["voice/mp3"] },
  { key: "KEY_VOICE_MESSAGE_DURATION", value: [String(500 + r.below(60_000))] }
]
