/** The changes of an import that the map of fields does not explain. */
import type { Entity } from "@chatferry/core"
import { type Loss, losses } from "../model/fieldMap.ts"
import type { Dialect } from "../model/imported.ts"
import { valuesAt, without } from "../model/paths.ts"
import { type Fields, isFields, type Joined } from "./joined.ts"
import { ownOf } from "./target.ts"

/** Each difference with its path. A field that the map calls lost is ignored, and one that it calls kept must be there. */
export const differences = (source: Joined, target: Joined, dialect: Dialect): ReadonlyArray<string> => {
  const found: Array<string> = []
  const muted = mutedByMembers(source)
  for (const [key, entity] of source) {
    const held = target.get(key)
    if (held === undefined) {
      found.push(`${key} is missing`)
      continue
    }
    for (const [path, loss] of lossesOf(entity, dialect)) {
      if (loss.isKept !== true) continue
      const own = JSON.stringify(ownOf(held as unknown as Fields))
      for (const value of valuesAt(entity, path)) {
        const isLost = !isEmpty(value) && value !== loss.unless && loss.values?.includes(value) !== false
        if (isLost && !own.includes(JSON.stringify(value)))
          found.push(`${key}: ${path} ${JSON.stringify(value)} is not in ${own}`)
      }
    }
    const expected = carried(taken(entity, source, muted, dialect), dialect)
    found.push(...unlike(key, expected, carried(held, dialect)))
  }
  for (const [key, entity] of target) {
    const isPlaceholder = entity._tag === "user" && ownOf(entity as unknown as Fields)["placeholder"] === true
    if (!source.has(key) && !isPlaceholder) found.push(`${key} is nowhere in the source`)
  }
  return found
}

// internal

const lossesOf = ({ _tag: kind }: Entity.Entity, dialect: Dialect): ReadonlyArray<readonly [string, Loss]> =>
  Object.entries(losses[dialect]).flatMap(([name, loss]) =>
    name.startsWith(`${kind}.`) ? [[name.slice(kind.length + 1), loss] as const] : []
  )

/** Without fields that the dialect lacks, and without Chatferry's custom data. */
const carried = (entity: Entity.Entity, dialect: Dialect): unknown => {
  let fields: unknown = entity
  for (const [path, { values }] of lossesOf(entity, dialect)) {
    const isLost = values === undefined || valuesAt(entity, path).some((value) => values.includes(value))
    if (isLost) fields = without(fields, path)
  }
  return filled(without(fields, "custom.stream.chatferry"))
}

/** The effect of an import on an entity that depends on other entities. */
const taken = (
  entity: Entity.Entity,
  source: Joined,
  muted: ReadonlyMap<string, ReadonlyArray<string>>,
  dialect: Dialect
): Entity.Entity => {
  switch (entity._tag) {
    case "user": {
      const all = new Set<string>([...(entity.mutedChannelIds ?? []), ...(muted.get(entity.id) ?? [])])
      // A user's mutes name channels by their ids: the exported ones, except those written with members.
      const known = Array.from(all).filter((id) => {
        const of = source.get(`channel ${id}`)
        return of?._tag === "channel" && of.isDistinct !== true
      })
      const isLeftOut = losses[dialect]["user.devices.isDisabled"] !== undefined
      const devices = entity.devices
        ?.filter(({ isDisabled }) => isDisabled !== true || !isLeftOut)
        .toSorted((one, other) => (one.id < other.id ? -1 : 1))
      return { ...entity, mutedChannelIds: known, devices } as unknown as Entity.Entity
    }
    case "channel":
      return entity.deletedAt === undefined ? entity : { ...entity, isDisabled: true }
    case "message": {
      const { attachments, ...message } = entity
      // Missing messages are neither replied to nor quoted, and Stream accepts only https URLs.
      const isThere = (id: string | undefined) => id !== undefined && source.has(`message ${id}`)
      const cut = [
        ...(isThere(entity.parentId) ? [] : ["parentId", "isShownInChannel"]),
        ...(isThere(entity.quotedMessageId) ? [] : ["quotedMessageId"])
      ]
      const detached = cut.reduce<typeof message>((of, path) => without(of, path), message)
      return attachments === undefined ? detached : { ...detached, attachments: attachments.map(secured) }
    }
    default:
      return entity
  }
}

type Attachment = NonNullable<Entity.Entity<"message">["attachments"]>[number]

const secured = (of: Attachment): Attachment =>
  of.url === undefined ? of : { ...of, url: of.url.replace(/^http:/u, "https:") }

/** Settings of members of channels that Stream has in the user. */
const mutedByMembers = (source: Joined): ReadonlyMap<string, ReadonlyArray<string>> => {
  const members = Array.from(source.values()).filter((one) => one._tag === "member")
  const groups = Map.groupBy(
    members.filter(({ isChannelMuted }) => isChannelMuted === true),
    ({ userId }) => userId
  )
  return new Map(
    Array.from(groups, ([id, of]) => [id, of.map(({ channelId }) => channelId).toSorted()] as const)
  )
}

/** Without empty values, which carry no information. */
const filled = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(filled)
  if (!isFields(value)) return value
  const entries = Object.entries(value).map(([name, inner]) => [name, filled(inner)] as const)
  return Object.fromEntries(entries.filter(([, inner]) => !isEmpty(inner)))
}

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  (Array.isArray(value) ? value.every(isEmpty) : isFields(value) && Object.keys(value).length === 0)

const unlike = (location: string, one: unknown, other: unknown): ReadonlyArray<string> => {
  if (isFields(one) && isFields(other)) {
    const names = new Set([...Object.keys(one), ...Object.keys(other)])
    return Array.from(names).flatMap((name) => unlike(`${location}.${name}`, one[name], other[name]))
  }
  if (Array.isArray(one) && Array.isArray(other) && one.length === other.length)
    return one.flatMap((each, i) => unlike(`${location}[${i}]`, each, other[i]))
  const [was, is] = [JSON.stringify(one), JSON.stringify(other)]
  return was === is ? [] : [`${location}: ${was} became ${is}`]
}
