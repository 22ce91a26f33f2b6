// The files of an export, one after the other, without keeping any.
import {
  conversationsIn,
  failuresBetween,
  type File,
  type Format,
  channelsOf,
  usersOf,
  windowArchive
} from "../../generator/contents.ts"
import { type Plan, planEnd } from "../../generator/plan.ts"
import type { Tally } from "../../generator/tally.ts"
import { dayName } from "../../random/time.ts"
import { type Csv, csvFormat } from "./csvFormat.ts"
import { jsonFormat } from "./jsonFormat.ts"

/** All files in order, as JSON or CSV. They are counted as bytes are read. */
export function* files(plan: Plan, tally: Tally, csv?: Csv): Generator<File> {
  const format: Format = csv === undefined ? jsonFormat(plan, tally) : csvFormat(plan, tally, csv)
  for (const isActive of [true, false]) yield format.users("users", isActive, usersOf(plan, isActive))
  for (const isOpen of [false, true])
    yield format.channels("channels", isOpen, channelsOf(plan, tally, isOpen))
  for (let window = 0; window < plan.windows; window++)
    yield* format.messages(windowArchive(plan, window), conversationsIn(plan, window))
  for (const failures of failuresBetween(plan, plan.start, planEnd(plan)))
    yield format.webhooks(`failed_webhooks-${dayName(failures.day)}`, failures)
}
