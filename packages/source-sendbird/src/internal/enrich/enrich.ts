// Reads data that exports lack from the Platform API: creation times of users, creators of channels, roles and read
// times of members, reactions and threads.
import type { ApiClient } from "@chatferry/connector"
import { type Source, SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { makeContext } from "../records/context.ts"
import * as Channels from "./channels.ts"
import { ObservedOut } from "./observedOut.ts"
import * as Position from "./position.ts"
import type { Enrichment, Reading, Settings, Stepping } from "./step.ts"
import * as Users from "./users.ts"
import { Watches } from "./watches.ts"

export type { Enrichment, Settings } from "./step.ts"

export interface Unit {
  readonly id: string
  readonly fingerprint: string
}

const USERS = "enrich/users"
const GROUP_CHANNELS = "enrich/group_channels"
const OPEN_CHANNELS = "enrich/open_channels"

/** Returns the units of work in order. */
export const partitions = (
  { channels, members, messages, users }: Enrichment,
  { from, to }: Pick<Settings, "from" | "to">
): ReadonlyArray<Unit> => {
  const fingerprint = JSON.stringify({ channels, members, messages, from, to })
  return [
    ...(users ? [{ id: USERS, fingerprint: USERS }] : []),
    ...(channels || members || messages
      ? [GROUP_CHANNELS, OPEN_CHANNELS].map((id) => ({ id, fingerprint }))
      : [])
  ]
}

/** Reads one unit after a position. Each response becomes a batch with the position after it. */
export const read = (
  client: ApiClient.Client,
  partitionId: string,
  position: Option.Option<Source.Position>,
  settings: Settings
): Stream.Stream<Source.Batch, SourceError.SourceErrorReason> => {
  switch (partitionId) {
    case USERS:
      return batches(client, partitionId, position, settings, users)
    case GROUP_CHANNELS:
      return batches(client, partitionId, position, settings, groupChannels)
    case OPEN_CHANNELS:
      return batches(client, partitionId, position, settings, openChannels)
    default:
      return Stream.fail(
        new SourceError.InvalidPosition({
          partition: partitionId,
          problem: "the enrichment does not have this part"
        })
      )
  }
}

// internal

interface Machine<State extends Source.Position> {
  readonly decode: (position: unknown) => Option.Option<State>
  readonly start: State
  readonly isDone: (state: State) => boolean
  readonly step: (reading: Reading, state: State) => Stepping<State>
}

const users: Machine<Position.Users> = { decode: Schema.decodeUnknownOption(Position.Users), ...Users }

const channelsOf = (form: Channels.Form): Machine<Position.Channels> => ({
  decode: Schema.decodeUnknownOption(Position.Channels),
  start: Channels.start,
  isDone: Channels.isDone,
  step: (reading, state) => Channels.step(form, reading, state)
})

const groupChannels = channelsOf("group")
const openChannels = channelsOf("open")

const batches = <State extends Source.Position>(
  client: ApiClient.Client,
  partitionId: string,
  position: Option.Option<Source.Position>,
  settings: Settings,
  machine: Machine<State>
): Stream.Stream<Source.Batch, SourceError.SourceErrorReason> =>
  Stream.suspend((): Stream.Stream<Source.Batch, SourceError.SourceErrorReason> => {
    const from = Option.isNone(position) ? Option.some(machine.start) : machine.decode(position.value)
    if (Option.isNone(from)) return Stream.fail(SourceError.foreignPosition(partitionId))
    if (machine.isDone(from.value)) return Stream.empty
    const out = new ObservedOut(settings.limits)
    const reading: Reading = {
      ...settings,
      client,
      watches: new Watches(settings.maxPages),
      out,
      context: makeContext(out, settings.limits)
    }
    return Stream.paginate(from.value, (state) =>
      Effect.map(machine.step(reading, state), ({ bytes, location, state: after }) => {
        const batch: Source.Batch = { ...out.take(), position: after, bytes, location }
        return [[batch], machine.isDone(after) ? Option.none<State>() : Option.some(after)] as const
      })
    )
  })
