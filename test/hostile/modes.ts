// All modes of hostility, and the expected error of a client for each.
import type { Hostility } from "./hostility.ts"
import { files } from "./modes/files.ts"
import { heads } from "./modes/heads.ts"
import { listings } from "./modes/listings.ts"
import { sizes } from "./modes/sizes.ts"
import { tasks } from "./modes/tasks.ts"
import { waits } from "./modes/waits.ts"
import { words } from "./modes/words.ts"

export const hostilities: ReadonlyArray<Hostility> = [
  ...sizes,
  ...heads,
  ...waits,
  ...words,
  ...listings,
  ...tasks,
  ...files
]
