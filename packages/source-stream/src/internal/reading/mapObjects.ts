// Maps objects that are read by member: exported channels and users, and whatever else stands in an array.
import { ArchiveReader } from "@chatferry/connector"
import { Rejected } from "@chatferry/core"
import { type JsonElements, type JsonObjects } from "@chatferry/core/files"
import { BatchBuilder } from "@chatferry/core/run"
import { declared } from "../consequences.ts"
import { EVENTS, OF_RECORDS } from "../recognise/sniff.ts"
import { channel } from "../records/channel.ts"
import { cidOf } from "../records/cid.ts"
import { closeChannel, type Context, contextOf, separate } from "../records/context.ts"
import { isObject, type RawObject } from "../records/raw.ts"
import type { RejectContext } from "../records/rejectContext.ts"
import { passOver } from "./ignored.ts"
import { type Lost, type LooseAt, rangeOf, same } from "./memberLocation.ts"
import type { At } from "./pendingChannel.ts"
import { listOf, memberOf, value as mapValue } from "./standalone.ts"

type Elements = JsonElements.Elements<JsonObjects.Position>
type Member = JsonElements.Member<JsonObjects.Position>

/** Beside the channel or the user these say that an object is an export; before that they may belong to a record. */
const ALWAYS = new Set(["messages", "users"])

/** Their elements do not name the channel that they are of. */
const OF_CHANNEL = new Set(["members", "read"])

type File = ArchiveReader.File
type Range = Rejected.Range

/** What is known of the object that is being read. */
export class Objects {
  /** It is an exported channel or user, so that its lists are read by element. */
  isExport: boolean
  /** It stands in an array of channels, and the object around that is an export. */
  #isInList: boolean
  /** Members of an object of which it is not known yet what it is. */
  #loose: Record<string, unknown> = {}
  #looseBytes = 0
  readonly #looseAt = new Map<string, LooseAt>()
  #isLoose = false
  /** Names of such members that were passed over, because with the others they are too large for one record. */
  readonly #lost: Array<string> = []
  /** Those among them that are records or lists of records if the object is an export. */
  readonly #lostKnown = new Map<string, Lost>()
  /** It has a field that records and events have, and exported channels in their `channel`. */
  #isRecord = false
  /** One of those lists, which is more than one record can be rejected for. */
  lostList: Lost | undefined
  readonly #context: Context

  constructor(context: Context, isExport: boolean, isInList: boolean) {
    this.#context = context
    this.isExport = isExport
    this.#isInList = isInList
  }

  /** A batch can end here: nothing is held back but what a position tells. */
  get isWhole(): boolean {
    return !this.#isLoose
  }

  readonly options = {
    arrays: (member: string): boolean => {
      const isAlone = EVENTS.has(member) && !this.#isLoose
      const isOfExport = this.isExport || ALWAYS.has(member) || isAlone || this.#hasChannel
      if (listOf(member) === undefined || !isOfExport) return false
      if (this.isExport && this.#awaitsChannel(member)) return false
      this.#settle()
      return true
    },
    objects: (member: string): boolean => {
      if (member !== "channels") return false
      this.#settle()
      this.isExport = false
      this.#isInList = true
      return true
    },
    // What is held back may be one record, which has to be within the limit as a whole.
    room: (member: string): number => {
      const { maxElementBytes } = this.#context
      const isAlone = member === "user" || (member === "channel" && !this.#isRecord)
      return isAlone ? maxElementBytes : maxElementBytes - this.#looseBytes
    }
  }

  take(part: JsonObjects.Part, file: File): void {
    if (this.#isInList && part.position.around === "") {
      // Behind the last channel comes the rest of the object around the list.
      this.#isInList = false
      this.isExport = true
    }
    switch (part._tag) {
      case "elements":
        return this.#elements(part, file)
      case "member":
        return this.#member(part, file)
      case "end":
        return this.#end(part, file)
      case "value": {
        const { failure, value } = part
        const { out } = this.#context
        const range = rangeOf(file, part)
        if (Rejected.isTooLarge(failure)) return this.#tooLarge("unknown", range, file.location, "any")
        this.#at(file.location, "", range, part.bytesOf, contextOf(this.#context, "any"))
        if (failure === undefined)
          out.reject("unknown", declared.notAnObject.code, "a record must be an object", value)
        else out.rejectBytes("unknown", declared.invalidJson.code, `the value is ${failure}`, part.bytesOf())
      }
    }
  }

  #elements(part: Elements, file: File): void {
    const mapping = listOf(part.member ?? "")
    if (mapping === undefined) return
    const context = this.#context
    const { maxElementBytes, out } = context
    const { kind, map, record } = mapping
    const here = ArchiveReader.located(file, part)
    const origin = new BatchBuilder.ElementOrigin(here, file.location, () => contextOf(context, record))
    ArchiveReader.eachRecord(here, origin, { out, kind, noun: "record", maxElementBytes }, (wire) => {
      if (this.#isLoose) context.channelId ??= cidOf(wire)
      map(wire, context, "")
    })
    if (this.#isLoose && context.channelId !== undefined) this.#release()
  }

  #member(part: Member, file: File): void {
    const { end, failure, name, nameOffset, offset, value } = part
    const range = rangeOf(file, part)
    this.#at(file.location, `:${name}`, range, part.bytesOf, contextOfMember(this.#context, name))
    if (!this.isExport && OF_RECORDS.includes(name)) this.#isRecord = true
    if (Rejected.isTooLarge(failure)) return this.#memberTooLarge(name, range, file.location)
    if (failure !== undefined) {
      const kind = name === "channel" || name === "user" ? name : "unknown"
      return this.#context.out.rejectBytes(
        kind,
        declared.invalidJson.code,
        `the member is ${failure}`,
        part.bytesOf()
      )
    }
    const at = { offset, bytes: part.position.offset - offset }
    if (!this.isExport || this.#awaitsChannel(name))
      return this.#hold(name, value, end - nameOffset, { location: file.location, range, at })
    this.#known(name, value, at)
    if (name === "channel" && this.#isLoose) this.#release()
  }

  /** Whether it is of a channel that is still to come. */
  #awaitsChannel(name: string): boolean {
    return OF_CHANNEL.has(name) && this.#context.channelId === undefined
  }

  #hold(name: string, value: unknown, bytes: number, at: LooseAt): void {
    this.#isLoose = true
    Object.defineProperty(this.#loose, name, { value, enumerable: true, configurable: true, writable: true })
    this.#looseBytes += bytes
    this.#looseAt.set(name, at)
  }

  /** What a list belongs to that comes next, unless the channel is that of a record or an event. */
  get #hasChannel(): boolean {
    return !this.#isRecord && isObject(this.#loose["channel"])
  }

  #memberTooLarge(name: string, range: Range, location: string): void {
    if (name === "channel" && (this.isExport || !this.#isRecord)) {
      this.#tooLarge("channel", range, `${location}:${name}`, name)
      return this.#settle()
    }
    const kind = name === "user" ? "user" : listOf(name)?.kind
    if (this.isExport) {
      if (kind !== undefined) this.#tooLarge(kind, range, `${location}:${name}`, name)
      else passOver(name, true, this.#context)
      return
    }
    this.#isLoose = true
    this.#lost.push(name)
    if (kind === undefined) return
    const bytes = range.to - range.from + this.#looseBytes
    this.#lostKnown.set(name, { location: `${location}:${name}`, range, bytes })
  }

  /** `name`: the member that it is, or `any` for a value of its own. */
  #tooLarge(kind: Rejected.Rejected["kind"], range: Range, location: string, name: string): void {
    const { maxElementBytes, out } = this.#context
    const of = name === "any" ? contextOf(this.#context, "any") : contextOfMember(this.#context, name)
    out.origin = {
      location: () => `${location} (${Rejected.bytesOf(range)})`,
      text: () => undefined,
      context: () => of,
      range: () => range
    }
    out.rejectTooLarge(kind, range, maxElementBytes)
  }

  /** A member of an export that is not read by element. */
  #known(name: string, value: unknown, at: At): void {
    if (name !== "channel") return memberOf(name, value, this.#context, "")
    this.#context.at = () => at
    if (isObject(value)) channel(value, this.#context)
  }

  /** The object is an export: what came before is that one's. */
  #settle(): void {
    if (!this.isExport) separate(this.#context)
    this.isExport = true
    for (const [name, lost] of this.#lostKnown) {
      if (name === "user") this.#tooLarge("user", lost.range, lost.location, name)
      else this.lostList ??= lost
    }
    for (const name of this.#lost) if (!this.#lostKnown.has(name)) passOver(name, true, this.#context)
    this.#release()
  }

  /** Maps what was held back; unless the object is at its end, what is of a channel waits for that. */
  #release(isEnd = false): void {
    const known = new Map(this.#looseAt)
    const loose = this.#takeLoose()
    // The others are the channel's.
    const names = Object.keys(loose).toSorted((a, b) => Number(b === "channel") - Number(a === "channel"))
    for (const name of names) {
      const found = known.get(name) as LooseAt
      const { at, location, range } = found
      if (!isEnd && this.#awaitsChannel(name)) {
        this.#hold(name, loose[name], range.to - range.from, found)
        continue
      }
      this.#at(location, `:${name}`, range, undefined, contextOfMember(this.#context, name))
      this.#known(name, loose[name], at)
    }
  }

  #end(part: JsonObjects.End, { inInput = same, location }: File): void {
    if (!this.isExport && this.#hasChannel) this.#settle()
    const { offset } = part.position
    const start = part.start ?? offset
    const range = { from: inInput(start), to: inInput(offset) }
    const isTooLarge = this.#lost.length > 0 || offset - start > this.#context.maxElementBytes
    const of = contextOf(this.#context, "any")
    if (this.isExport && this.#isLoose) this.#release(true)
    this.#at(location, "", range, undefined, of, range.to)
    if (this.isExport) separate(this.#context)
    else if (this.#isLoose && isTooLarge) {
      this.#takeLoose()
      this.#tooLarge("unknown", range, location, "any")
      closeChannel(this.#context)
    } else if (this.#isLoose) {
      mapValue(this.#takeLoose(), this.#context)
      closeChannel(this.#context)
    }
    this.isExport = false
  }

  #takeLoose(): RawObject {
    const loose = this.#loose
    this.#loose = {}
    this.#looseBytes = 0
    this.#looseAt.clear()
    this.#isLoose = false
    this.#lost.length = 0
    this.#lostKnown.clear()
    this.#isRecord = false
    return loose
  }

  #at(
    location: string,
    member: string,
    range: Range,
    bytesOf: (() => Uint8Array) | undefined,
    context: RejectContext,
    byte = range.from
  ): void {
    this.#context.out.origin = {
      location: (within) => `${location}${member}${within} (byte ${byte})`,
      text: () => (bytesOf === undefined ? undefined : Buffer.from(bytesOf()).toString("utf8")),
      context: () => context,
      range: () => range
    }
  }
}

// internal

/** The channel or the user of an export, or one of its lists as a whole; of any other object a part. */
const contextOfMember = (context: Context, name: string): RejectContext =>
  name === "channel" || name === "user"
    ? contextOf(context, name)
    : contextOf(context, listOf(name)?.record ?? "any", { member: name })
