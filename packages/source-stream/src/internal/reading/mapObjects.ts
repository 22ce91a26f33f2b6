// Maps objects that are read field by field: exported channels and users, and other elements of arrays.
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
import { type Skipped, type LooseAt, rangeOf, same } from "./memberLocation.ts"
import type { At } from "./pendingChannel.ts"
import { listOf, memberOf, value as mapValue } from "./standalone.ts"

type Elements = JsonElements.Elements<JsonObjects.Position>
type Member = JsonElements.Member<JsonObjects.Position>

/** These identify an object as an export, after the channel or user as well as before it. */
const ALWAYS = new Set(["messages", "users"])

/** Lists whose elements do not name their channel. */
const OF_CHANNEL = new Set(["members", "read"])

type File = ArchiveReader.File
type Range = Rejected.Range

/** The state of the object that is being read. */
export class Objects {
  /** True for an exported channel or user, whose lists are read by element. */
  isExport: boolean
  /** True in an array of channels, inside an object that is an export. */
  #isInList: boolean
  /** Deferred fields of an object whose kind is not known yet. */
  #loose: Record<string, unknown> = {}
  #looseBytes = 0
  readonly #looseAt = new Map<string, LooseAt>()
  #isLoose = false
  /** Names of fields that were skipped, because together with the deferred fields they are too large for one record. */
  readonly #skipped: Array<string> = []
  /** Skipped fields that are records or lists of records if the object is an export. */
  readonly #skippedKnown = new Map<string, Skipped>()
  /** True if it has a field of records and events, which exported channels have in their `channel`. */
  #isRecord = false
  /** A skipped list, which cannot be rejected as one record. */
  skippedList: Skipped | undefined
  readonly #context: Context

  constructor(context: Context, isExport: boolean, isInList: boolean) {
    this.#context = context
    this.isExport = isExport
    this.#isInList = isInList
  }

  /** True if a batch can end here, because the position contains all deferred state. */
  get isWhole(): boolean {
    return !this.#isLoose
  }

  readonly options = {
    arrays: (member: string): boolean => {
      const isAlone = EVENTS.has(member) && !this.#isLoose
      const isOfExport = this.isExport || ALWAYS.has(member) || isAlone || this.#hasChannel
      if (listOf(member) === undefined || !isOfExport) return false
      if (this.isExport && this.#awaitsChannel(member)) return false
      this.#markAsExport()
      return true
    },
    objects: (member: string): boolean => {
      if (member !== "channels") return false
      this.#markAsExport()
      this.isExport = false
      this.#isInList = true
      return true
    },
    // The deferred fields may be one record, which as a whole has to be within the limit.
    memberLimit: (member: string): number => {
      const { maxElementBytes } = this.#context
      const isAlone = member === "user" || (member === "channel" && !this.#isRecord)
      return isAlone ? maxElementBytes : maxElementBytes - this.#looseBytes
    }
  }

  take(part: JsonObjects.Part, file: File): void {
    if (this.#isInList && part.position.around === "") {
      // After the last channel comes the rest of the object around the list.
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
    ArchiveReader.eachRecord(here, origin, { out, kind, noun: "record", maxElementBytes }, (raw) => {
      if (this.#isLoose) context.channelId ??= cidOf(raw)
      map(raw, context, "")
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

  /** True if a field belongs to a channel that is still to come. */
  #awaitsChannel(name: string): boolean {
    return OF_CHANNEL.has(name) && this.#context.channelId === undefined
  }

  #hold(name: string, value: unknown, bytes: number, at: LooseAt): void {
    this.#isLoose = true
    Object.defineProperty(this.#loose, name, { value, enumerable: true, configurable: true, writable: true })
    this.#looseBytes += bytes
    this.#looseAt.set(name, at)
  }

  /** True if the next list belongs to a deferred channel, and not to a record or an event. */
  get #hasChannel(): boolean {
    return !this.#isRecord && isObject(this.#loose["channel"])
  }

  #memberTooLarge(name: string, range: Range, location: string): void {
    if (name === "channel" && (this.isExport || !this.#isRecord)) {
      this.#tooLarge("channel", range, `${location}:${name}`, name)
      return this.#markAsExport()
    }
    const kind = name === "user" ? "user" : listOf(name)?.kind
    if (this.isExport) {
      if (kind !== undefined) this.#tooLarge(kind, range, `${location}:${name}`, name)
      else passOver(name, true, this.#context)
      return
    }
    this.#isLoose = true
    this.#skipped.push(name)
    if (kind === undefined) return
    const bytes = range.to - range.from + this.#looseBytes
    this.#skippedKnown.set(name, { location: `${location}:${name}`, range, bytes })
  }

  /** `name` is the name of the field, or `any` for a separate value. */
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

  /** Maps a field of an export that is not read by element. */
  #known(name: string, value: unknown, at: At): void {
    if (name !== "channel") return memberOf(name, value, this.#context, "")
    this.#context.at = () => at
    if (isObject(value)) channel(value, this.#context)
  }

  /** Marks the object as an export. Everything deferred before belongs to it. */
  #markAsExport(): void {
    if (!this.isExport) separate(this.#context)
    this.isExport = true
    for (const [name, skipped] of this.#skippedKnown) {
      if (name === "user") this.#tooLarge("user", skipped.range, skipped.location, name)
      else this.skippedList ??= skipped
    }
    for (const name of this.#skipped) if (!this.#skippedKnown.has(name)) passOver(name, true, this.#context)
    this.#release()
  }

  /** Maps the deferred fields. Before the end of the object, fields of a channel wait for their channel. */
  #release(isEnd = false): void {
    const known = new Map(this.#looseAt)
    const loose = this.#takeLoose()
    // The channel comes first, because the other fields belong to it.
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
    if (!this.isExport && this.#hasChannel) this.#markAsExport()
    const { offset } = part.position
    const start = part.start ?? offset
    const range = { from: inInput(start), to: inInput(offset) }
    const isTooLarge = this.#skipped.length > 0 || offset - start > this.#context.maxElementBytes
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
    this.#skipped.length = 0
    this.#skippedKnown.clear()
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

/** The context of the channel or user of an export, of one of its whole lists, or of a part of another object. */
const contextOfMember = (context: Context, name: string): RejectContext =>
  name === "channel" || name === "user"
    ? contextOf(context, name)
    : contextOf(context, listOf(name)?.record ?? "any", { member: name })
