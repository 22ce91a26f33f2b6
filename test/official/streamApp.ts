// What the app of the emulators that Stream's own clients are run against holds, as its exports say.
import { StreamExport } from "@chatferry/testkit/stream"
import { Effect } from "effect"

export type Fields = Readonly<Record<string, unknown>>

export const data = { messages: 200, channels: 8, users: 20 }

export const app = StreamExport.generate(data)

export const textOf = (bytes: Iterable<Uint8Array>): string => Buffer.concat(Array.from(bytes)).toString()

/** Every channel with all that it has. */
export const documents = JSON.parse(
  textOf(app.channels({ includesTruncated: true, includesDeleted: true }))
) as ReadonlyArray<{
  readonly channel: Fields
  readonly messages: ReadonlyArray<Fields>
  readonly members: ReadonlyArray<Fields>
}>

/** Everybody who was not deleted. */
export const people: ReadonlyArray<Fields> = app
  .userIds()
  .map((id) => (JSON.parse(app.user(id)) as { readonly user: Fields }).user)
  .filter((user) => user["deleted_at"] === undefined)

const reactionsOf = (message: Fields) => (message["latest_reactions"] as ReadonlyArray<Fields>).length

/** A message that no other has more reactions than, of those that are there for good. */
export const mostReacted = documents
  .filter(({ channel }) => channel["deleted_at"] === undefined)
  .flatMap(({ channel, members, messages }) =>
    messages
      .filter(({ type }) => type === "regular" || type === "reply")
      .map((message) => ({ channel, members, message }))
  )
  .reduce((one, other) => (reactionsOf(other.message) > reactionsOf(one.message) ? other : one))

/** The body of a success. */
export const fetched = (url: string, init: RequestInit = {}): Effect.Effect<string> =>
  Effect.promise(async () => {
    const answer = await fetch(url, init)
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`)
    return answer.text()
  })
