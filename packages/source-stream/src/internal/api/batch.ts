// What is exported at once: some channels, or some users.

export type Kind = "channels" | "users"

/** A channel with the messages wanted of it, as the API takes it. */
export interface Channel {
  readonly type: string
  readonly id: string
  readonly messages_since?: string
  readonly messages_until?: string
}

/** What applies to all channels, as the API takes it. */
export interface ChannelOptions {
  readonly version: "v1" | "v2"
  readonly include_truncated_messages: boolean
  readonly include_soft_deleted_channels: boolean
  readonly clear_deleted_message_text: boolean
  readonly export_users: boolean
}

/** A part of a list. */
export interface Batch {
  readonly kind: Kind
  /** Counted from 1, both included. */
  readonly first: number
  readonly last: number
  readonly items: ReadonlyArray<Placed>
}

export interface Item {
  /** How errors name it: a cid or a user's id. */
  readonly name: string
  /** What the API takes. */
  readonly wire: Channel | string
}

interface Placed extends Item {
  /** In the list, counted from 1. */
  readonly location: number
}

/** How partitions, errors and progress call it. */
export const locationOf = ({ first, kind, last }: Pick<Batch, "first" | "kind" | "last">): string =>
  first === last ? `${kind} ${first}` : `${kind} ${first} to ${last}`

/** What `placeOf` names; `undefined` when it names nothing. */
export const atLocation = (location: string): Pick<Batch, "first" | "kind" | "last"> | undefined => {
  const [, kind, first, last = first] = /^(channels|users) (\d{1,9})(?: to (\d{1,9}))?$/u.exec(location) ?? []
  if (kind !== "channels" && kind !== "users") return undefined
  const found = { kind, first: Number(first), last: Number(last) } as const
  return locationOf(found) === location ? found : undefined
}

/** Cuts a list into batches. What is excluded leaves a gap, so that all others stay the batches that they are. */
export const cut = (
  kind: Kind,
  items: ReadonlyArray<Item>,
  size: number,
  excluded: ReadonlySet<string>
): ReadonlyArray<Batch> =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => {
    const part = items.slice(i * size, (i + 1) * size)
    return {
      kind,
      first: i * size + 1,
      last: i * size + part.length,
      items: part
        .map(({ name, wire }, k): Placed => ({ name, wire, location: i * size + k + 1 }))
        .filter(({ name }) => !excluded.has(name))
    }
  }).filter((batch) => batch.items.length > 0)

/** Body of the request for an export. */
export const body = (kind: Kind, items: ReadonlyArray<Item>, options: ChannelOptions): object => {
  const wires = items.map(({ wire }) => wire)
  return kind === "users" ? { user_ids: wires } : { channels: wires, ...options }
}
