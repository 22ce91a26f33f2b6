import { KeyTable, Kind } from "./keyTable.ts"
import { MAX_FILES } from "./settings.ts"
import type { Spill } from "./spill.ts"

/** The number of a user or channel, whether or not an item has defined it so far. */
export type Number = number

/** What is remembered about a message. */
export interface Known {
  readonly file: number
  readonly isReply: boolean
  readonly channel: Number
}

/** The objects in the files so far. Numbers of files start at 1. */
export class Registry {
  readonly #keys: KeyTable
  #users = 0
  #channels = 0
  #teams = 0
  #teamLists = 0
  #userFiles = new Column()
  #userTeams = new Column()
  #channelFiles = new Column()
  #channelTeams = new Column()
  /** The names of channels' teams, for messages. */
  readonly #teamNames = new Map<number, string>()
  // Recent keys are looked up again: a Map is faster than the table, but larger.
  readonly #userMemo = new Memo()
  readonly #channelMemo = new Memo()
  #memoType = ""
  #lastId: string | undefined
  #lastChannel = 0

  constructor(memoryBytes: number, spill: Spill) {
    this.#keys = new KeyTable(memoryBytes, spill)
  }

  user(id: string): Number {
    let user = this.#userMemo.get(id)
    if (user !== undefined) return user
    user = this.#keys.getOrSet(Kind.user, id, this.#users + 1) ?? ++this.#users
    this.#userMemo.set(id, user)
    return user
  }

  /** Returns `false` if the file already has the user. */
  defineUser(user: Number, file: number, teams: ReadonlyArray<string>): boolean {
    const before = this.#userFiles.get(user)
    this.#userFiles.set(user, file)
    this.#userTeams.set(user, teams.length === 0 ? 0 : this.#teamList(teams))
    return before !== file
  }

  isUser(user: Number): boolean {
    return this.#userFiles.get(user) > 0
  }

  channel(key: string): Number {
    return this.#keys.getOrSet(Kind.channel, key, this.#channels + 1) ?? ++this.#channels
  }

  /** The same for a channel that is identified by its id. */
  channelById(type: string, id: string): Number {
    if (type !== this.#memoType) {
      this.#memoType = type
      this.#channelMemo.clear()
      this.#lastId = undefined
    }
    // Items of one channel follow each other.
    if (id === this.#lastId) return this.#lastChannel
    let channel = this.#channelMemo.get(id)
    if (channel === undefined) {
      channel = this.channel(`${type}:${id}`)
      this.#channelMemo.set(id, channel)
    }
    this.#lastId = id
    this.#lastChannel = channel
    return channel
  }

  defineChannel(channel: Number, file: number, team: string | undefined): boolean {
    const before = this.#channelFiles.get(channel)
    this.#channelFiles.set(channel, file)
    const number = team === undefined ? 0 : this.#team(team)
    this.#channelTeams.set(channel, number)
    if (team !== undefined && team.length <= LONGEST_NAME && this.#teamNames.size < MOST_NAMES) {
      this.#teamNames.set(number, team)
    }
    return before !== file
  }

  isChannel(channel: Number): boolean {
    return this.#channelFiles.get(channel) > 0
  }

  /**
   * The team of a channel if the user is not in it: empty for a channel without a team whose members are in teams, and `…`
   * for a name that is too long to be stored.
   */
  teamWithout(channel: Number, user: Number): string | undefined {
    const team = this.#channelTeams.get(channel)
    const list = this.#userTeams.get(user)
    if (team === 0) return list > 0 ? "" : undefined
    const isIn = list > 0 && this.#keys.get(Kind.teamOfList, `${list} ${team}`) !== undefined
    return isIn ? undefined : (this.#teamNames.get(team) ?? "…")
  }

  message(id: string): Known | undefined {
    const value = this.#keys.get(Kind.message, id)
    return value === undefined
      ? undefined
      : {
          file: Math.floor(value / 2) % MAX_FILES,
          isReply: value % 2 === 1,
          channel: Math.floor(value / 2 / MAX_FILES)
        }
  }

  isMessage(id: string): boolean {
    return this.#keys.get(Kind.message, id) !== undefined
  }

  defineMessage(id: string, { channel, file, isReply }: Known): boolean {
    const value = (channel * MAX_FILES + file) * 2 + (isReply ? 1 : 0)
    const before = this.#keys.getOrSet(Kind.message, id, value)
    if (before === undefined) return true
    this.#keys.set(Kind.message, id, value)
    return Math.floor(before / 2) % MAX_FILES !== file
  }

  /** The same for items that nothing refers to. */
  define(kind: Kind, key: string, file: number): boolean {
    const before = this.#keys.getOrSet(kind, key, file)
    if (before === undefined) return true
    if (before !== file) this.#keys.set(kind, key, file)
    return before !== file
  }

  isDefined(kind: Kind, key: string): boolean {
    return this.#keys.get(kind, key) !== undefined
  }

  clear(): void {
    this.#keys.clear()
    this.#userMemo.clear()
    this.#channelMemo.clear()
    this.#lastId = undefined
    this.#users = 0
    this.#channels = 0
    this.#teams = 0
    this.#teamLists = 0
    this.#teamNames.clear()
    this.#userFiles = new Column()
    this.#userTeams = new Column()
    this.#channelFiles = new Column()
    this.#channelTeams = new Column()
  }

  #team(name: string): number {
    return this.#keys.getOrSet(Kind.team, name, this.#teams + 1) ?? ++this.#teams
  }

  /** The number of a list of teams. Equal lists share one, because many users are in the same teams. */
  #teamList(teams: ReadonlyArray<string>): number {
    const known = this.#keys.getOrSet(Kind.teamList, JSON.stringify(teams), this.#teamLists + 1)
    if (known !== undefined) return known
    const list = ++this.#teamLists
    for (const team of teams) this.#keys.set(Kind.teamOfList, `${list} ${this.#team(team)}`, list)
    return list
  }
}

// internal

/** No valid id is longer; longer ones would use up the memory. */
const LONGEST_ID = 255

const LONGEST_NAME = 300
const MOST_NAMES = 20_000

/** A cache of numbers by id, which is emptied when it is full. */
class Memo {
  readonly #numbers = new Map<string, number>()

  get(id: string): number | undefined {
    return this.#numbers.get(id)
  }

  set(id: string, number: number): void {
    if (id.length > LONGEST_ID) return
    if (this.#numbers.size >= 20_000) this.#numbers.clear()
    this.#numbers.set(id, number)
  }

  clear(): void {
    this.#numbers.clear()
  }
}

/** A map from numbers to numbers; missing ones are 0. */
class Column {
  #values = new Int32Array(1 << 10)

  get(at: number): number {
    return this.#values[at] ?? 0
  }

  set(at: number, value: number): void {
    if (at >= this.#values.length) {
      const larger = new Int32Array(Math.max(at + 1, this.#values.length * 2))
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[at] = value
  }
}
