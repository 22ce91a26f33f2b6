import { Json } from "@chatferry/core"
import { KeyTable, Kind } from "./keyTable.ts"
import type { Spill } from "./spill.ts"

/** A user or channel: its number, whether or not it was defined so far. */
export type Number = number

/** A message as it is remembered. */
export interface Known {
  readonly file: number
  readonly isReply: boolean
  readonly channel: Number
}

/** What is in the files so far. Numbers of files begin at 1. */
export class Registry {
  readonly #keys: KeyTable
  #users = 0
  #channels = 0
  #userFiles = new Column()
  #userTeams = new Column()
  #channelFiles = new Column()
  #channelTeams = new Column()
  readonly #teamSets = new Texts()
  // What was asked for last is asked for again: a Map is faster than the table, and larger.
  readonly #userMemo = new Memo()
  readonly #channelMemo = new Memo()
  #memoType = ""

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

  /** `false` when the file has the user already. */
  defineUser(user: Number, file: number, teams: ReadonlyArray<string>): boolean {
    const before = this.#userFiles.get(user)
    this.#userFiles.set(user, file)
    this.#userTeams.set(user, teams.length === 0 ? 0 : this.#teamSets.number(JSON.stringify(teams)))
    return before !== file
  }

  isUser(user: Number): boolean {
    return this.#userFiles.get(user) > 0
  }

  channel(key: string): Number {
    return this.#keys.getOrSet(Kind.channel, key, this.#channels + 1) ?? ++this.#channels
  }

  /** The same for a channel that is named by its id. */
  channelById(type: string, id: string): Number {
    if (type !== this.#memoType) {
      this.#memoType = type
      this.#channelMemo.clear()
    }
    let channel = this.#channelMemo.get(id)
    if (channel !== undefined) return channel
    channel = this.channel(`${type}:${id}`)
    this.#channelMemo.set(id, channel)
    return channel
  }

  defineChannel(channel: Number, file: number, team: string | undefined): boolean {
    const before = this.#channelFiles.get(channel)
    this.#channelFiles.set(channel, file)
    this.#channelTeams.set(channel, team === undefined ? 0 : this.#teamSets.number(JSON.stringify([team])))
    return before !== file
  }

  isChannel(channel: Number): boolean {
    return this.#channelFiles.get(channel) > 0
  }

  /** The team of a channel that a user is not in, if it has one. */
  teamWithout(channel: Number, user: Number): string | undefined {
    const team = this.#channelTeams.get(channel)
    if (team === 0) return undefined
    const teams = this.#userTeams.get(user)
    if (teams === team) return undefined
    const [name] = this.#teamSets.list(team)
    return name === undefined || this.#teamSets.list(teams).includes(name) ? undefined : name
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

  /** For what nothing refers to. */
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
    this.#users = 0
    this.#channels = 0
    this.#userFiles = new Column()
    this.#userTeams = new Column()
    this.#channelFiles = new Column()
    this.#channelTeams = new Column()
  }
}

/** More files than one run may have. */
export const MAX_FILES = 4096

// internal

/** Some numbers by id, forgotten when they are many. */
class Memo {
  readonly #numbers = new Map<string, number>()

  get(id: string): number | undefined {
    return this.#numbers.get(id)
  }

  set(id: string, number: number): void {
    if (this.#numbers.size >= 20_000) this.#numbers.clear()
    this.#numbers.set(id, number)
  }

  clear(): void {
    this.#numbers.clear()
  }
}

/** Numbers by number, 0 where there is none. */
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

/** Lists of teams by number: there are few, and many users are in the same ones. */
class Texts {
  readonly #numbers = new Map<string, number>()
  readonly #lists: Array<ReadonlyArray<string>> = [[]]

  number(text: string): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    const number = this.#lists.push(Json.parse(text) as ReadonlyArray<string>) - 1
    this.#numbers.set(text, number)
    return number
  }

  list(number: number): ReadonlyArray<string> {
    return this.#lists[number] ?? []
  }
}
