import { Setting, Settings } from "@chatferry/core/settings"
import * as Schema from "effect/Schema"

const { incidental, withDefault } = Settings

export const NAME = "attachment-inventory"

export const Config = Schema.Struct({
  directory: incidental(Setting.path),
  name: incidental(withDefault(Setting.fileName, NAME))
})
