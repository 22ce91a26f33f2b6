// The channel that is being read. It is emitted when all its members are known, because the members contain the bans and
// the set of members of a distinct channel.
import { type Entity, type Ids, Timestamp } from "@chatferry/core"
import { type BatchBuilder } from "@chatferry/core/run"
import * as Schema from "effect/Schema"
import { declared } from "../consequences.ts"
import { distinctHash } from "../records/distinctHash.ts"

type Channel = Entity.Entity<"channel">

/** The state in a position. The channel itself is read again, because a position does not hold content. */
export const PendingChannelState = Schema.Struct({
  offset: Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)),
  bytes: Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)),
  /** `null` if there are too many. */
  memberIds: Schema.NullOr(Schema.Array(Schema.String)),
  bannedIds: Schema.Array(Schema.String),
  /** Read times by user. */
  reads: Schema.NullOr(Schema.Record(Schema.String, Timestamp.Timestamp)),
  areMembersListed: Schema.Boolean,
  areBansReported: Schema.Boolean
})
export type PendingChannelState = typeof PendingChannelState.Type

/** Location of the channel in the file. */
export interface At {
  readonly offset: number
  readonly bytes: number
}

/** Stream derives the id of a distinct channel from its members, of which there can be 100. */
export const DISTINCT = "!members-"
const MOST_MEMBERS = 1000
const MOST_BANNED = 10_000

export class PendingChannel {
  readonly #draft: Entity.Draft<Channel>
  readonly #at: At
  #memberIds: Set<string> | undefined
  readonly #bannedIds: Set<string>
  #reads: Map<string, Timestamp.Timestamp> | undefined = new Map()
  #areMembersListed = false
  #areBansReported = false
  /** The number of members, if the channel gives it. */
  readonly #count: number | undefined

  constructor(
    draft: Entity.Draft<Channel>,
    at: At,
    members: ReadonlyArray<string>,
    count: number | undefined
  ) {
    this.#draft = draft
    this.#at = at
    this.#memberIds = new Set(members)
    this.#bannedIds = new Set()
    this.#count = count
  }

  /** Restores the state at the position where reading resumes. */
  restore({ areBansReported, areMembersListed, bannedIds, memberIds, reads }: PendingChannelState): void {
    this.#memberIds = memberIds === null ? undefined : new Set(memberIds)
    for (const id of bannedIds) this.#bannedIds.add(id)
    this.#reads = reads === null ? undefined : new Map(Object.entries(reads))
    this.#areMembersListed = areMembersListed
    this.#areBansReported = areBansReported
  }

  get id(): Ids.ChannelId {
    return this.#draft.id
  }

  addMember(id: string): void {
    this.#areMembersListed = true
    if (this.#memberIds === undefined) return
    this.#memberIds.add(id)
    if (this.#memberIds.size > MOST_MEMBERS) this.#memberIds = undefined
  }

  /** Records a user who has read the channel and may not be a member. */
  addRead(id: string, at: Timestamp.Timestamp): void {
    if (this.#reads === undefined) return
    this.#reads.set(id, at)
    if (this.#reads.size > MOST_MEMBERS) this.#reads = undefined
  }

  /** Records that a member is marked as not banned. */
  noteBanFlag(): void {
    this.#areBansReported = true
  }

  /** Returns `false` if there are too many to remember. */
  addBanned(id: string): boolean {
    if (this.#bannedIds.size >= MOST_BANNED) return false
    this.#bannedIds.add(id)
    return true
  }

  state(): PendingChannelState {
    return {
      ...this.#at,
      memberIds: this.#memberIds === undefined ? null : Array.from(this.#memberIds),
      bannedIds: Array.from(this.#bannedIds),
      reads: this.#reads === undefined ? null : Object.fromEntries(this.#reads),
      areMembersListed: this.#areMembersListed,
      areBansReported: this.#areBansReported
    }
  }

  emit(out: BatchBuilder.BatchBuilder): void {
    const draft = { ...this.#draft }
    if (this.#bannedIds.size > 0) {
      draft.bannedUserIds = Array.from(
        new Set([...(draft.bannedUserIds ?? []), ...(this.#bannedIds as Set<Ids.UserId>)])
      )
    } else if (this.#areBansReported && this.#hasAllMembers) draft.bannedUserIds ??= []
    if (isDistinct(draft.id)) {
      const ids = Array.from(this.#memberIds ?? []).toSorted() as Array<Ids.UserId>
      if (ids.length > 0 && draft.id.endsWith(`:${DISTINCT}${distinctHash(ids)}`)) {
        draft.isDistinct = true
        draft.distinctMemberIds = ids
      } else out.note(declared.distinctMembersUnknown.code)
    }
    out.push(draft)
    this.#emitReaders(out)
  }

  get #hasAllMembers(): boolean {
    const { size } = this.#memberIds ?? { size: 0 }
    return this.#areMembersListed && size > 0 && size >= (this.#count ?? 0)
  }

  /** Users who have read the channel and are not in the list of members have left. */
  #emitReaders(out: BatchBuilder.BatchBuilder): void {
    if (this.#reads === undefined || !this.#hasAllMembers) return
    for (const [id, removedAt] of this.#reads) {
      if (this.#memberIds?.has(id) === true) continue
      out.note(declared.readWithoutMember.code)
      out.push({ _tag: "member", channelId: this.#draft.id, userId: id as Ids.UserId, removedAt })
    }
  }
}

// internal

const isDistinct = (id: string) => id.includes(`:${DISTINCT}`)
