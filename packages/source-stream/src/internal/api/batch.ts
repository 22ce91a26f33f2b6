// Batches: channels or users that are exported together.

export type Kind = "channels" | "users"

/** A channel and the period of its messages, as the API takes it. */
export interface Channel {
  readonly type: string
  readonly id: string
  readonly messages_since?: string
  readonly messages_until?: string
}

/** Options for all channels, as the API takes them. */
export interface ChannelOptions {
  readonly version: "v1" | "v2"
  readonly include_truncated_messages: boolean
  readonly include_soft_deleted_channels: boolean
  readonly clear_deleted_message_text: boolean
  readonly export_users: boolean
}

/** A range of a list. */
export interface Batch {
  readonly kind: Kind
  /** Positions in the list, counted from 1, both included. */
  readonly first: number
  readonly last: number
  readonly items: ReadonlyArray<Placed>
}

export interface Item {
  /** Name in errors: a cid or the id of a user. */
  readonly name: string
  /** The item as the API takes it. */
  readonly raw: Channel | string
}

interface Placed extends Item {
  /** Position in the list, counted from 1. */
  readonly location: number
}

/** The name of a batch in partitions, errors and progress. */
export const locationOf = ({ first, kind, last }: Pick<Batch, "first" | "kind" | "last">): string =>
  first === last ? `${kind} ${first}` : `${kind} ${first} to ${last}`

/** Parses a result of `locationOf`; `undefined` for any other text. */
export const atLocation = (location: string): Pick<Batch, "first" | "kind" | "last"> | undefined => {
  const [, kind, first, last = first] = /^(channels|users) (\d{1,9})(?: to (\d{1,9}))?$/u.exec(location) ?? []
  if (kind !== "channels" && kind !== "users") return undefined
  const found = { kind, first: Number(first), last: Number(last) } as const
  return locationOf(found) === location ? found : undefined
}

/** Splits a list into batches. Excluded items leave a gap, so that the other batches do not change. */
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
        .map(({ name, raw }, k): Placed => ({ name, raw, location: i * size + k + 1 }))
        .filter(({ name }) => !excluded.has(name))
    }
  }).filter((batch) => batch.items.length > 0)

/** Returns the body of the request for an export. */
export const body = (kind: Kind, items: ReadonlyArray<Item>, options: ChannelOptions): object => {
  const raws = items.map(({ raw }) => raw)
  return kind === "users" ? { user_ids: raws } : { channels: raws, ...options }
}
