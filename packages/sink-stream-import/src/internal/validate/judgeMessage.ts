import * as Limits from "../../StreamImportLimits.ts"
import { ATTACHMENTS } from "./attachmentTable.ts"
import { judgeReference } from "./channelKey.ts"
import { estimate, jsonBytes, judgeSize } from "./custom.ts"
import { quotable } from "./finding.ts"
import type { Judge } from "./judge.ts"
import { type Fields, isFields, isGiven, isZeroTime, textOf } from "./readField.ts"

export const judgeMessage = (item: Fields, judge: Judge): void => {
  const pointer = `/${judge.key}`
  const { type } = item
  const id = textOf(item, "id")
  const user = textOf(item, "user")
  const channel = judgeReference(item, judge)?.channel ?? 0
  if (user !== undefined) judge.user(user, `${pointer}/user`)
  judgeState(item, judge, pointer)
  const parent = textOf(item, "parent_id")
  if (parent !== undefined) judgeParent(parent, channel, judge, `${pointer}/parent_id`)
  if (judge.dialect === "jsonl") {
    if (parent === undefined) {
      if (type === "reply") judge.found("reply_without_parent", pointer)
      if (item["show_in_channel"] !== undefined) {
        judge.found("show_in_channel_without_parent", `${pointer}/show_in_channel`)
      }
    } else if (type === undefined || type === "regular") judge.found("parent_without_reply_type", pointer)
  }
  const quoted = textOf(item, "quoted_message_id")
  if (quoted !== undefined && !judge.registry.isMessage(quoted)) {
    judge.defer(`${pointer}/quoted_message_id`, { what: "quoted", key: quoted })
  }
  judgeLength(item, judge, `${pointer}/text`)
  if (Array.isArray(item["attachments"])) {
    judgeAttachments(item["attachments"], judge, `${pointer}/attachments`)
  }
  if (id === undefined) return
  if (!judge.registry.defineMessage(id, { channel, file: judge.file, isReply: parent !== undefined })) {
    judge.found("item_duplicated", pointer, { key: quotable(id) })
  }
}

// internal

/** Checks fields that must be given together: deletion and pins. */
const judgeState = (item: Fields, judge: Judge, pointer: string) => {
  const { type } = item
  const isNever = judge.dialect === "json-array" && isZeroTime(item["deleted_at"])
  const isDeleted = isGiven(item, "deleted_at") && !isNever
  if (type === "deleted" && !isDeleted) judge.found("deleted_without_time", pointer)
  else if (isDeleted && type !== "deleted" && (type !== undefined || judge.dialect === "json-array")) {
    judge.found("deleted_time_without_type", `${pointer}/deleted_at`, { value: quotable(type ?? "regular") })
  }
  const [pinnedAt, pinnedBy] = [isGiven(item, "pinned_at"), isGiven(item, "pinned_by_id")]
  if (pinnedAt !== pinnedBy)
    judge.found("pin_incomplete", `${pointer}/${pinnedAt ? "pinned_at" : "pinned_by_id"}`)
  if (isGiven(item, "pin_expires") && !(pinnedAt && pinnedBy))
    judge.found("pin_expires_without_pin", `${pointer}/pin_expires`)
}

const judgeParent = (parent: string, channel: number, judge: Judge, pointer: string) => {
  const known = judge.registry.message(parent)
  if (known === undefined) judge.defer(pointer, { what: "parent", key: parent, channel })
  else if (known.isReply) judge.found("parent_is_reply", pointer)
  else if (known.channel !== channel && known.channel !== 0 && channel !== 0) {
    judge.found("parent_in_other_channel", pointer)
  }
}

const judgeLength = (item: Fields, judge: Judge, pointer: string) => {
  const text = textOf(item, "text")
  if (text === undefined) return
  const { textLengths } = judge.settings
  const most = textLengths?.get(textOf(item, "channel_type") ?? "") ?? Limits.textLength
  const soft = textLengths === undefined ? Limits.defaultTextLength : most
  if (text.length <= soft) return
  const length = codePoints(text)
  if (length > most) judge.found("text_too_long", pointer, { limit: most })
  else if (length > soft) judge.found("text_over_default", pointer, { limit: soft })
}

const codePoints = (text: string): number => {
  let count = text.length
  for (let i = 1; i < text.length; i++) {
    const [high, low] = [text.charCodeAt(i - 1), text.charCodeAt(i)]
    if (high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000) count--
  }
  return count
}

const judgeAttachments = (attachments: ReadonlyArray<unknown>, judge: Judge, pointer: string) => {
  if (attachments.length > Limits.attachments) {
    judge.found("attachments_too_many", pointer, { count: attachments.length, limit: Limits.attachments })
  }
  let size = 0
  for (let i = 0; i < attachments.length; i++) {
    const attachment = attachments[i]
    const at = `${pointer}/${i}`
    if (!isFields(attachment)) judge.found("field_type", at, { expected: "object" })
    else size += judgeAttachment(attachment, judge, at)
  }
  if (size > API_BYTES && size < Infinity && jsonBytes(attachments) > API_BYTES) {
    judge.found("attachments_over_api_limit", pointer, { limit: API_BYTES })
  }
}

const judgeAttachment = (attachment: Fields, judge: Judge, pointer: string): number => {
  const fields = ATTACHMENTS[judge.dialect]
  let size = 0
  let custom = 0
  for (const name in attachment) {
    const value = attachment[name]
    const rule = fields.get(name)
    const bytes = name.length + 4 + estimate(value)
    size += bytes
    if (rule === undefined) custom += bytes
    else if (rule === "ambiguous") judge.found("field_ambiguous", `${pointer}/${name}`)
    else if (rule === "known") continue
    else if (value !== null) rule(value, `${pointer}/${name}`, judge)
    else if (judge.dialect === "jsonl")
      judge.found("field_null", `${pointer}/${name}`, { expected: "left out" })
  }
  if (custom > 0) judgeSize(custom, () => customOf(attachment, fields), pointer, judge)
  const type = attachment["type"]
  const isNone = type === null && judge.dialect === "json-array"
  if (type === undefined || type === "" || isNone) judge.found("field_required", `${pointer}/type`)
  return size
}

const customOf = (attachment: Fields, fields: (typeof ATTACHMENTS)[Judge["dialect"]]) =>
  Object.fromEntries(Object.entries(attachment).filter(([name]) => !fields.has(name)))

const API_BYTES = 5 * 1024
