/**
 * Imports packages and prints the modules that have been loaded for them: `node startup.program.ts BEFORE WANTED`, both
 * lists of specifiers with commas. What `BEFORE` loads is not printed.
 */
import { registerHooks } from "node:module"

const loaded = new Set<string>()
registerHooks({
  load: (url, context, next) => {
    loaded.add(url)
    return next(url, context)
  }
})

const [before = "", wanted = ""] = process.argv.slice(2)
const load = async (specifiers: string) => {
  for (const specifier of specifiers.split(",")) await import(specifier)
}

await load(before)
const known = new Set(loaded)
await load(wanted)
console.log(JSON.stringify([...loaded].filter((url) => !known.has(url))))
