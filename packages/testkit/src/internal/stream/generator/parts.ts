// Parts of messages: attachments, polls, translations, reactions.
import type { Random } from "../../random/random.ts"
import { chatText, plainWord, title } from "../../random/text.ts"
import { anybody, everybody, type StreamChannel } from "./channels.ts"
import type { Scene } from "./scene.ts"
import { object, time, type RawObject } from "./shape.ts"
import { userId } from "./users.ts"

export const attachments = (r: Random): ReadonlyArray<RawObject> =>
  Array.from({ length: r.chance(0.8) ? 1 : 2 + r.below(4) }, () => attachment(r))

export const translations = (r: Random, text: string): RawObject => ({
  language: "en",
  en_text: text,
  fr_text: chatText(r),
  ...(r.chance(0.5) ? { ja_text: chatText(r) } : {})
})

/** A poll by the author of its message. */
export const poll = ({ users, plan, shape }: Scene, r: Random, author: number, at: number): RawObject => {
  const id = `poll-${r.hex(24)}`
  const options = Array.from({ length: 2 + r.below(4) }, (_, i) => ({ id: `${id}-${i}`, text: title(r) }))
  const voters = Array.from({ length: r.below(6) }, (_, i) => ({
    poll_id: id,
    id: `${id}-vote-${i}`,
    option_id: options[i % options.length]?.id ?? "",
    user_id: userId(plan, (author + i) % plan.users),
    created_at: time(shape, at + 1_000_000 * (i + 1)),
    updated_at: time(shape, at + 1_000_000 * (i + 1))
  }))
  const votesOf = (option: { readonly id: string }) => voters.filter((vote) => vote.option_id === option.id)
  const voted = options.filter((option) => votesOf(option).length > 0)
  return {
    poll_id: id,
    poll: object(
      shape,
      {
        id,
        name: title(r),
        description: r.chance(0.5) ? "" : chatText(r),
        voting_visibility: r.pick(["public", "anonymous"]),
        enforce_unique_vote: true,
        max_votes_allowed: 1,
        allow_user_suggested_options: false,
        allow_answers: false,
        is_closed: r.chance(0.2),
        options,
        vote_count: voters.length,
        vote_counts_by_option: Object.fromEntries(voted.map((option) => [option.id, votesOf(option).length])),
        latest_votes_by_option: Object.fromEntries(voted.map((option) => [option.id, votesOf(option)])),
        answers_count: 0,
        latest_answers: [],
        own_votes: [],
        created_by_id: userId(plan, author),
        created_by: users.full(author),
        created_at: time(shape, at),
        updated_at: time(shape, at)
      },
      {}
    )
  }
}

/** All reactions to a message, oldest first; each user has each type once. */
export const reactions = (
  { users, plan, shape }: Scene,
  of: StreamChannel,
  r: Random,
  message: { readonly id: string; readonly at: number }
): ReadonlyArray<{ readonly user: number; readonly record: RawObject; readonly at: number }> => {
  const all = everybody(plan, of)
  const wanted = r.chance(plan.features.manyReactions) ? 11 + r.below(30) : 1 + r.below(3)
  const first = r.next()
  const type = r.pick(TYPES)
  let at = message.at
  return Array.from({ length: Math.min(wanted, all) }, (_, i) => {
    // Each reaction is by another user, around the ring of all users; every fifth has another type.
    const user = anybody(plan, of, (first + (i + 0.5) / all) % 1)
    at += 1000 + r.below(100_000_000)
    const kind = i % 5 === 4 ? r.pick(TYPES) : type
    const score = kind === "clap" ? 1 + r.below(20) : 1
    const when = time(shape, at)
    const record = object(
      shape,
      {
        message_id: message.id,
        user_id: userId(plan, user),
        user: r.chance(0.7) ? users.full(user) : users.short(user),
        type: kind,
        score,
        created_at: when,
        updated_at: when
      },
      r.chance(0.05) ? { source: plainWord(r) } : {}
    )
    return { user, record, at }
  })
}

/** The reaction fields of a message: the latest ten reactions, and counts. */
export const reactionFields = (
  { shape }: Scene,
  all: ReturnType<typeof reactions>,
  hasGroups: boolean
): RawObject => {
  const groups = new Map<string, { count: number; sum: number; first: number; last: number }>()
  for (const { at, record } of all) {
    const type = record["type"] as string
    const group = groups.get(type) ?? { count: 0, sum: 0, first: at, last: at }
    groups.set(type, {
      count: group.count + 1,
      sum: group.sum + (record["score"] as number),
      first: group.first,
      last: at
    })
  }
  const sorted = Array.from(groups).toSorted(([one], [other]) => (one < other ? -1 : 1))
  const by = (f: (group: (typeof sorted)[number][1]) => unknown) =>
    Object.fromEntries(sorted.map(([type, group]) => [type, f(group)]))
  return {
    latest_reactions: all
      .slice(-LATEST)
      .toReversed()
      .map(({ record }) => record),
    own_reactions: [],
    reaction_counts: by(({ count }) => count),
    reaction_scores: by(({ sum }) => sum),
    reaction_groups:
      hasGroups && all.length > 0
        ? by(({ count, first, last, sum }) => ({
            count,
            sum_scores: sum,
            first_reaction_at: time(shape, first),
            last_reaction_at: time(shape, last)
          }))
        : null
  }
}

/** The number of reactions in a message. */
export const LATEST = 10

// internal

const TYPES = ["like", "love", "haha", "wow", "clap", "thumbs_up", "👍", "+1"] as const

// Links to Stream's own storage are signed and end after 14 days.
const stored = (r: Random, folder: string, name: string): string =>
  `https://us-east.stream-io-cdn.com/102398/${folder}/${r.hex(8)}-${r.hex(4)}.${name}?Key-Pair-Id=APKA${r.hex(16).toUpperCase()}&Policy=${r.hex(48)}&Signature=${r.hex(64)}`

/** Depends on the name only, so that later random numbers do not change. */
const ownOrPlain = (name: string, id: string): RawObject => {
  switch (name.length % 4) {
    case 0:
      return { type: "payment", title: name, amount: 12.5, currency: "EUR", order: { id } }
    case 1:
      return { type: "image", title: name, asset_url: `https://files.example.com/${id}.png` }
    case 2:
      return {
        type: "video",
        og_scrape_url: `https://example.com/${id}`,
        title: name,
        author_name: "example.com"
      }
    default:
      return { type: "file", title: name, asset_url: `http://files.example.com/${id}` }
  }
}

const attachment = (r: Random): RawObject => {
  const name = plainWord(r)
  switch (r.below(9)) {
    case 0:
    case 1: {
      const url = stored(r, "images", `${name}.png`)
      return {
        type: "image",
        fallback: `${name}.png`,
        image_url: `${url}&oh=600&ow=800`,
        original_width: 800,
        original_height: 600
      }
    }
    case 2:
    case 3:
      return {
        type: "file",
        title: `${name}.pdf`,
        asset_url: stored(r, "attachments", `${name}.pdf`),
        file_size: r.below(5_000_000),
        mime_type: "application/pdf"
      }
    case 4:
      return {
        type: "video",
        title: `${name}.mp4`,
        asset_url: stored(r, "attachments", `${name}.mp4`),
        thumb_url: stored(r, "images", `${name}.jpg`),
        file_size: String(r.below(50_000_000)),
        mime_type: "video/mp4"
      }
    case 5:
      return {
        type: "voiceRecording",
        asset_url: stored(r, "attachments", `${name}.aac`),
        duration: r.below(100_000) / 1000,
        waveform_data: Array.from({ length: 8 }, () => r.below(100) / 100),
        mime_type: "audio/aac"
      }
    case 6:
      return {
        type: "image",
        title: title(r),
        title_link: `https://example.com/${r.hex(6)}`,
        og_scrape_url: `https://example.com/${r.hex(6)}`,
        text: chatText(r),
        author_name: "example.com",
        thumb_url: `https://static.example.com/${r.hex(8)}.jpg`
      }
    case 7:
      return {
        type: "giphy",
        title: name,
        title_link: `https://giphy.com/gifs/${r.hex(10)}`,
        thumb_url: `https://media.giphy.com/media/${r.hex(10)}/giphy.gif`,
        giphy: { original: { url: `https://media.giphy.com/${r.hex(10)}.gif`, width: "480", frames: "20" } }
      }
    default:
      // Neither a type known to Stream nor an https URL.
      return r.chance(0.5)
        ? { type: "geolocation", latitude: r.next() * 90, longitude: r.next() * 180, place: title(r) }
        : ownOrPlain(name, r.hex(8))
  }
}
