// Export files as byte streams, in all layouts.
import type { Layout, StreamSelection } from "./selection.ts"
import type { Item, Kind } from "./walk.ts"

/** Version 1: JSON, one object per channel. */
export const documents = (
  items: Iterable<Item>,
  layout: Layout,
  selection: StreamSelection
): Generator<Uint8Array> => chunks(documentTexts(items, layout, selection))

/** Version 2: one record per line. */
export const lines = (items: Iterable<Item>, layout: Layout): Generator<Uint8Array> =>
  chunks(lineTexts(items, layout))

/** Objects, one per line. */
export const objects = (all: Iterable<Item["record"]>): Generator<Uint8Array> => chunks(objectTexts(all))

// internal

const CHUNK = 1 << 16

function* chunks(texts: Iterable<string>): Generator<Uint8Array> {
  let pending: Array<string> = []
  let length = 0
  for (const text of texts) {
    pending.push(text)
    length += text.length
    if (length < CHUNK) continue
    yield Buffer.from(pending.join(""))
    pending = []
    length = 0
  }
  if (length > 0) yield Buffer.from(pending.join(""))
}

const LISTS: Readonly<Record<Kind, string>> = {
  channel: "channel",
  message: "messages",
  reaction: "reactions",
  member: "members",
  read: "read",
  user: "users",
  future_channel_ban: "future_channel_bans"
}

function* documentTexts(
  items: Iterable<Item>,
  { documents: form, reads }: Layout,
  { channels, exportsUsers }: StreamSelection
): Generator<string> {
  // These lists are present even when they are empty, in this order.
  const names = ["message", "member", ...(reads ? ["read"] : []), ...(exportsUsers ? ["user"] : [])] as const
  const isArray = form === "array" || (form === "object" && channels.length !== 1)
  if (isArray) yield "["
  if (form === "channels") yield `{"channels":[`
  let open = -1
  let isFirst = true
  let isFirstChannel = true
  const upTo = function* (list: number): Generator<string> {
    for (; open < list; open++) {
      yield `${open < 0 ? "" : "]"},"${LISTS[names[open + 1] as Kind]}":[`
      isFirst = true
    }
  }
  const close = function* (): Generator<string> {
    yield* upTo(names.length - 1)
    yield "]}"
  }
  for (const { kind, record } of items) {
    if (kind === "channel") {
      if (!isFirstChannel) {
        yield* close()
        yield form === "concatenated" ? "\n" : ","
      }
      isFirstChannel = false
      open = -1
      yield `{"channel":${JSON.stringify(record)}`
      continue
    }
    yield* upTo(names.indexOf(kind))
    yield `${isFirst ? "" : ","}${JSON.stringify(record)}`
    isFirst = false
  }
  if (!isFirstChannel) yield* close()
  if (isArray) yield "]"
  if (form === "channels") yield `],"duration":"12.34ms"}`
}

function* objectTexts(all: Iterable<Item["record"]>): Generator<string> {
  for (const one of all) yield `${JSON.stringify(one)}\n`
}

function* lineTexts(items: Iterable<Item>, { envelope, memberName }: Layout): Generator<string> {
  for (const { kind, record } of items) {
    const name = kind === "member" ? memberName : kind
    yield `${JSON.stringify(enveloped(envelope, name, record))}\n`
  }
}

const enveloped = (envelope: Layout["envelope"], name: string, record: Item["record"]): Item["record"] => {
  switch (envelope) {
    case "type-data":
      return { type: name, data: record }
    case "type-item":
      return { type: name, item: record }
    case "type-name":
      return { type: name, [name]: record }
    case "single-key":
      return { [name]: record }
    case "bare":
      return record
  }
}
