// Maps objects that are read by member: exported channels and users, and whatever else stands in an array.
import { ArchiveReader } from "@chatferry/connector"
import { BatchBuilder, type JsonElements, type JsonObjects, Rejected } from "@chatferry/core"
import { declared } from "./consequences.ts"
import { LISTS, owner, separate, value as mapValue } from "./mapValue.ts"
import type { RejectContext } from "./rejectContext.ts"
import { channel } from "./toCanonical/channel.ts"
import { closeChannel, type Context, contextOf, setAside } from "./toCanonical/context.ts"
import { isBlank, isWire, type Wire } from "./wire.ts"

type Elements = JsonElements.Elements<JsonObjects.Position>
type Member = JsonElements.Member<JsonObjects.Position>

/** Beside the channel or the user these say that an object is an export; before that they may belong to a record. */
const ALWAYS = new Set(["messages", "users"])
/** Says nothing worth a note. */
const PASSED_OVER = new Set(["duration"])

type File = ArchiveReader.File
type Range = Rejected.Range

/** A member that was passed over. */
export interface Lost {
  readonly place: string
  readonly range: Range
  /** Its size, with that of the members before it. */
  readonly bytes: number
}

/** What is known of the object that is being read. */
export class Objects {
  /** It is an exported channel or user, so that its lists are read by element. */
  isExport: boolean
  /** It stands in an array of channels, and the object around that is an export. */
  #isInList: boolean
  /** Members of an object of which it is not known yet what it is. */
  #loose: Record<string, unknown> = {}
  #looseBytes = 0
  readonly #looseRanges = new Map<string, Range>()
  #isLoose = false
  /** Such members that were passed over, because with the others they are too large for one record. */
  #lost = 0
  /** Those among them that are records or lists of records if the object is an export. */
  readonly #lostKnown = new Map<string, Lost>()
  /** Records have an id; an exported channel has it in its `channel`. */
  #hasId = false
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
      const mapping = LISTS.get(member)
      if (mapping === undefined || (!this.isExport && !ALWAYS.has(member))) return false
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
      const isAlone = member === "user" || (member === "channel" && !this.#hasId)
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
        if (Rejected.isTooLarge(failure)) return this.#tooLarge("unknown", range, file.place, "any")
        this.#at(file.place, "", range, part.bytesOf, contextOf(this.#context, "any"))
        if (failure === undefined)
          out.reject("unknown", declared.notAnObject.code, "a record must be an object", value)
        else out.rejectBytes("unknown", declared.invalidJson.code, `the value is ${failure}`, part.bytesOf())
      }
    }
  }

  #elements(part: Elements, file: File): void {
    const mapping = LISTS.get(part.member ?? "")
    if (mapping === undefined) return
    const context = this.#context
    const { maxElementBytes, out } = context
    const { kind, map, record } = mapping
    const here = ArchiveReader.located(file, part)
    const origin = new BatchBuilder.ElementOrigin(here, file.place, () => contextOf(context, record))
    ArchiveReader.eachRecord(here, origin, { out, kind, noun: "record", maxElementBytes }, (wire) =>
      map(wire, context, "")
    )
  }

  #member(part: Member, file: File): void {
    const { end, failure, name, nameOffset, offset, value } = part
    const range = rangeOf(file, part)
    this.#at(file.place, `:${name}`, range, part.bytesOf, contextOfMember(this.#context, name))
    if (name === "id" && !this.isExport) this.#hasId = true
    if (Rejected.isTooLarge(failure)) return this.#memberTooLarge(name, range, file.place)
    if (failure !== undefined) {
      const kind = name === "channel" || name === "user" ? name : "unknown"
      return this.#context.out.rejectBytes(
        kind,
        declared.invalidJson.code,
        `the member is ${failure}`,
        part.bytesOf()
      )
    }
    if (name === "channel" && isWire(value) && !this.#hasId) {
      this.#context.at = () => ({ offset, bytes: part.position.offset - offset })
      return this.#settle(value)
    }
    if (this.isExport) return this.#known(name, value)
    this.#isLoose = true
    Object.defineProperty(this.#loose, name, { value, enumerable: true, configurable: true, writable: true })
    this.#looseBytes += end - nameOffset
    this.#looseRanges.set(name, range)
  }

  #memberTooLarge(name: string, range: Range, place: string): void {
    if (name === "channel" && (this.isExport || !this.#hasId)) {
      this.#tooLarge("channel", range, `${place}:${name}`, name)
      return this.#settle()
    }
    const kind = name === "user" ? "user" : LISTS.get(name)?.kind
    if (this.isExport) {
      if (kind !== undefined) this.#tooLarge(kind, range, `${place}:${name}`, name)
      else if (!PASSED_OVER.has(name)) this.#context.out.note(declared.ignoredMember.code)
      return
    }
    this.#isLoose = true
    this.#lost++
    if (kind === undefined) return
    const bytes = range.to - range.from + this.#looseBytes
    this.#lostKnown.set(name, { place: `${place}:${name}`, range, bytes })
  }

  /** `name`: the member that it is, or `any` for a value of its own. */
  #tooLarge(kind: Rejected.Rejected["kind"], range: Range, place: string, name: string): void {
    const { maxElementBytes, out } = this.#context
    const of = name === "any" ? contextOf(this.#context, "any") : contextOfMember(this.#context, name)
    out.origin = {
      place: () => `${place} (${Rejected.bytesOf(range)})`,
      text: () => undefined,
      context: () => of,
      range: () => range
    }
    out.rejectTooLarge(kind, range, maxElementBytes)
  }

  /** A member of an export that is not read by element. */
  #known(name: string, value: unknown): void {
    const { out } = this.#context
    if (name === "user" && isWire(value)) return owner(value, this.#context)
    const mapping = LISTS.get(name)
    if (mapping === undefined) {
      if (!PASSED_OVER.has(name) && !isBlank(value)) out.note(declared.ignoredMember.code)
      return
    }
    if (Array.isArray(value)) {
      for (const [i, one] of value.entries()) {
        const within = `[${i}]`
        if (isWire(one)) mapping.map(one, this.#context, within)
        else
          setAside(
            this.#context,
            mapping.record,
            declared.notAnObject.code,
            "a record must be an object",
            one,
            within
          )
      }
    } else if (!isBlank(value)) {
      const of = contextOfMember(this.#context, name)
      out.reject(mapping.kind, declared.notAList.code, "the member must be an array", value, "", of)
    }
  }

  /** The object is an export: what came before is that one's. */
  #settle(of?: Wire): void {
    if (!this.isExport) separate(this.#context)
    this.isExport = true
    if (of !== undefined) channel(of, this.#context)
    for (const [name, lost] of this.#lostKnown) {
      if (name === "user") this.#tooLarge("user", lost.range, lost.place, name)
      else this.lostList ??= lost
    }
    const ignored = this.#lost - this.#lostKnown.size
    if (ignored > 0) this.#context.out.note(declared.ignoredMember.code, ignored)
    const ranges = new Map(this.#looseRanges)
    const loose = this.#takeLoose()
    const { out } = this.#context
    const { place } = out.origin
    for (const name of Object.keys(loose)) {
      // The origin's text is that of the member that was read last.
      out.origin = { place, text: () => undefined, range: () => ranges.get(name) }
      this.#known(name, loose[name])
    }
  }

  #end(part: JsonObjects.End, { inInput = same, place }: File): void {
    const { offset } = part.position
    const start = part.start ?? offset
    const range = { from: inInput(start), to: inInput(offset) }
    const isTooLarge = this.#lost > 0 || offset - start > this.#context.maxElementBytes
    const of = contextOf(this.#context, "any")
    this.#at(place, "", range, undefined, of, range.to)
    if (this.isExport) separate(this.#context)
    else if (this.#isLoose && isTooLarge) {
      this.#takeLoose()
      this.#tooLarge("unknown", range, place, "any")
      closeChannel(this.#context)
    } else if (this.#isLoose) {
      mapValue(this.#takeLoose(), this.#context)
      closeChannel(this.#context)
    }
    this.isExport = false
  }

  #takeLoose(): Wire {
    const loose = this.#loose
    this.#loose = {}
    this.#looseBytes = 0
    this.#looseRanges.clear()
    this.#isLoose = false
    this.#lost = 0
    this.#lostKnown.clear()
    this.#hasId = false
    return loose
  }

  #at(
    place: string,
    member: string,
    range: Range,
    bytesOf: (() => Uint8Array) | undefined,
    context: RejectContext,
    byte = range.from
  ): void {
    this.#context.out.origin = {
      place: (within) => `${place}${member}${within} (byte ${byte})`,
      text: () => (bytesOf === undefined ? undefined : Buffer.from(bytesOf()).toString("utf8")),
      context: () => context,
      range: () => range
    }
  }
}

// internal

const same = (offset: number) => offset

/** Where it is in the input. */
const rangeOf = ({ inInput = same }: File, { end, offset }: Pick<Member, "end" | "offset">): Range => ({
  from: inInput(offset),
  to: inInput(end)
})

/** The channel or the user of an export, or one of its lists as a whole; of any other object a part. */
const contextOfMember = (context: Context, name: string): RejectContext =>
  name === "channel" || name === "user"
    ? contextOf(context, name)
    : contextOf(context, LISTS.get(name)?.record ?? "any", { member: name })
