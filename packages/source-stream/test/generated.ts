// A made-up export of some rooms, in every form that files come in.
import { gzipSync } from "node:zlib"
import { lines } from "./reading.ts"
import * as Rooms from "./rooms.ts"

const PEOPLE = Array.from({ length: 40 }, (_, i) => `user-${i}`)

const someone = (i: number) => PEOPLE[(i * 7) % PEOPLE.length] ?? "ann"

/** Rooms with so many messages each, one in three with reactions. */
export const rooms = (count: number, messages: number) =>
  Array.from({ length: count }, (_, r) => {
    const cid = `messaging:room-${r}`
    return {
      channel: Rooms.channel(`room-${r}`, { birthland: `Land ${r}` }),
      messages: Array.from({ length: messages }, (_, m) => {
        const id = `room-${r}-message-${m}`
        const reactors = m % 3 === 0 ? [someone(m), someone(m + 1)] : []
        return Rooms.message(id, {
          cid,
          user: Rooms.user(someone(r + m)),
          latest_reactions: reactors.map((by) => Rooms.reaction(id, by)),
          reaction_counts: { like: reactors.length },
          ...(m % 5 === 4 && { parent_id: `room-${r}-message-0`, type: "reply", show_in_channel: false }),
          mood: m % 2 === 0 ? "fine" : null
        })
      }),
      members: PEOPLE.slice(0, 10 + r).map((id) => Rooms.member(id)),
      read: PEOPLE.slice(0, 5).map((id) => ({
        user: Rooms.user(id),
        last_read: "2021-03-03T00:00:00Z",
        unread_messages: 3
      }))
    }
  })

/** The same as lines of version 2, in one of the envelopes that are understood. */
export const asLines = (
  exported: ReturnType<typeof rooms>,
  envelope: (kind: string, value: object) => object = (type, data) => ({ type, data })
): string =>
  lines(
    exported.flatMap(({ channel, members, messages, read }) => [
      envelope("channel", channel),
      ...messages.map((one) => envelope("message", one)),
      ...members.map((one) => envelope("member", { ...one, cid: channel.cid })),
      ...read.map((one) => envelope("read", { ...one, cid: channel.cid }))
    ])
  )

export const gzip = (text: string): Uint8Array => gzipSync(text)
