// Events as queues keep them: as text inside the record of Amazon's SQS or SNS, or of several of them.
import { JsonElements } from "@chatferry/core/files"
import { isObject, list, type RawObject } from "../records/raw.ts"
import { unpacked } from "./unpacked.ts"

/** What is inside, with where; `undefined` when it is no record of a queue. */
export const queued = (
  wire: RawObject
): ReadonlyArray<{ readonly content: unknown; readonly within: string }> | undefined => {
  for (const [name, marks] of TEXTS) {
    const content = wire[name]
    if (typeof content === "string" && marks.some((mark) => wire[mark] !== undefined))
      return [{ content: parsed(content), within: `.${name}` }]
  }
  // One of Lambda's, which has the notification as an object.
  const notification = wire["Sns"]
  if (isObject(notification) && typeof notification["Message"] === "string")
    return [{ content: parsed(notification["Message"]), within: ".Sns.Message" }]
  for (const name of LISTS) {
    const values = list(wire[name])
    if (values.length > 0 && values.every((one) => isObject(one) && queued(one) !== undefined))
      return values.map((content, i) => ({ content, within: `.${name}[${i}]` }))
  }
  return undefined
}

// internal

/** Which member is text, and what such a record has besides. */
const TEXTS: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
  ["Body", ["MessageId", "ReceiptHandle", "MD5OfBody"]],
  ["body", ["messageId", "receiptHandle", "md5OfBody"]],
  ["Message", ["TopicArn", "MessageId"]]
]

/** What the command line of Amazon and its functions give. */
const LISTS = ["Messages", "Records"]

const parsed = (text: string): unknown => {
  try {
    return JsonElements.parse(text)
  } catch {
    return BASE64.test(text) ? decoded(text) : text
  }
}

/** Stream's own deliveries to queues are in base64, compressed where the app has it so. */
const decoded = (text: string): unknown => {
  try {
    return JsonElements.parse(unpacked(Buffer.from(text, "base64")).toString("utf8"))
  } catch {
    return text
  }
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/u
