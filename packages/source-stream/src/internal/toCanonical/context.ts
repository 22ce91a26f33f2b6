// What every mapping needs beside the record itself.
import type { Entity, Ids, Timestamp } from "@chatferry/core"
import { type Bag, keep } from "../bag.ts"
import { type Fields, Leftovers } from "../leftovers.ts"
import type { At, OpenChannel } from "../openChannel.ts"
import type { Out } from "../out.ts"
import type { ShownUsers } from "../shownUsers.ts"
import { text, time, UNREADABLE, type Wire } from "../wire.ts"

export type Draft<A> = { -readonly [P in keyof A]: A[P] }

export interface Context {
  readonly out: Out
  readonly rest: (fields: Fields) => Leftovers
  readonly shown: ShownUsers
  /** Where in the file the object is that is being mapped. */
  at: () => At
  /** The channel whose members may still come. */
  open: OpenChannel | undefined
  /** The channel that the object or the line before named. */
  channelId: Ids.ChannelId | undefined
  /** Whose the document is, where it is an export of one user. */
  ownerId: Ids.UserId | undefined
  /** Records stand on lines of their own, so that the channel before is a guess. */
  isLines: boolean
}

export const makeContext = (out: Out, shown: ShownUsers): Context => {
  const known = new Map<Fields, Leftovers>()
  return {
    out,
    shown,
    at: () => ({ offset: 0, bytes: 0 }),
    open: undefined,
    channelId: undefined,
    ownerId: undefined,
    isLines: false,
    rest: (fields) => {
      let leftovers = known.get(fields)
      if (leftovers === undefined) known.set(fields, (leftovers = new Leftovers(fields, out)))
      return leftovers
    }
  }
}

/** Tells the channel whose members may have come, now that no more will. */
export const closeChannel = (context: Context): void => {
  context.open?.tell(context.out)
  context.open = undefined
}

/** Sets an optional time; what cannot be read is kept as it is and counted. */
export const setTime = <Field extends string>(
  draft: { [P in Field]?: Timestamp.Timestamp },
  to: Field,
  wire: Wire,
  from: string,
  bag: Bag | undefined,
  kind: Entity.Kind,
  context: Context
): Bag | undefined => {
  const found = time(wire[from])
  if (found === undefined) return bag
  if (found !== UNREADABLE) {
    draft[to] = found
    return bag
  }
  context.out.note(`unreadable_time.${kind}.${from}`)
  return keep(bag, from, wire[from])
}

/** An address; counted when it stops working some time after the export. */
export const urlOf = (value: unknown, context: Context): string | undefined => {
  const url = text(value)
  if (url !== undefined && EXPIRING.test(url)) context.out.note("expiring_url")
  return url
}

export const TOO_DEEP_MESSAGE = "a value is nested deeper than 100 levels"

// internal

const EXPIRING = /[?&](?:Expires|Signature|X-Amz-Signature|Key-Pair-Id)=/iu
