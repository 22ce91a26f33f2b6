// Unpacks events from queues: text inside one or several nested records of Amazon SQS or SNS.
import { JsonElements } from "@chatferry/core/files"
import { isObject, list, type RawObject } from "../records/raw.ts"
import { unpacked } from "./unpacked.ts"

/** Returns the contents with their locations; `undefined` if this is not a record of a queue. */
export const queued = (
  raw: RawObject
): ReadonlyArray<{ readonly content: unknown; readonly within: string }> | undefined => {
  for (const [name, marks] of TEXTS) {
    const content = raw[name]
    if (typeof content === "string" && marks.some((mark) => raw[mark] !== undefined))
      return [{ content: parsed(content), within: `.${name}` }]
  }
  // A record of Lambda has the notification as an object.
  const notification = raw["Sns"]
  if (isObject(notification) && typeof notification["Message"] === "string")
    return [{ content: parsed(notification["Message"]), within: ".Sns.Message" }]
  for (const name of LISTS) {
    const values = list(raw[name])
    if (values.length > 0 && values.every((one) => isObject(one) && queued(one) !== undefined))
      return values.map((content, i) => ({ content, within: `.${name}[${i}]` }))
  }
  return undefined
}

// internal

/** The field with the text, and other fields that identify such a record. */
const TEXTS: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
  ["Body", ["MessageId", "ReceiptHandle", "MD5OfBody"]],
  ["body", ["messageId", "receiptHandle", "md5OfBody"]],
  ["Message", ["TopicArn", "MessageId"]]
]

/** Lists of records in the output of Amazon's command line and in the input of Lambda functions. */
const LISTS = ["Messages", "Records"]

const parsed = (text: string): unknown => {
  try {
    return JsonElements.parse(text)
  } catch {
    return BASE64.test(text) ? decoded(text) : text
  }
}

/** Stream delivers to queues in base64, compressed if the app is configured that way. */
const decoded = (text: string): unknown => {
  try {
    return JsonElements.parse(unpacked(Buffer.from(text, "base64")).toString("utf8"))
  } catch {
    return text
  }
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/u
