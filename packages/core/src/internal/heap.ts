import { setFlagsFromString } from "node:v8"

/**
 * Keeps V8 from sizing its heap by the machine's memory, which takes twice what
 * a migration needs where there is much. New space stays as large as it is now,
 * and old space is collected each time it has grown by a third.
 */
export const keepSmall = (): void => {
  setFlagsFromString("--semi-space-growth-factor=1")
  setFlagsFromString("--heap-growing-percent=30")
}
