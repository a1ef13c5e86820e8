// npm run pruebas [-- R1 S3 …]: las puertas, con poco tiempo. npm run pruebas:largas [-- R1 …] [--minutos 60]: con mucho, y queda en evidencia/.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { PUERTAS, type Puerta } from './puertas.ts'

const RAIZ = join(import.meta.dirname, '..')

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { largas: { type: 'boolean', default: false }, minutos: { type: 'string' } },
})

const pedidas = PUERTAS.filter(({ id }) => positionals.length === 0 || positionals.includes(id))
const desconocidas = positionals.filter((id) => !PUERTAS.some((puerta) => puerta.id === id))

const segundos = (): number => Math.round(performance.now() / 1_000)

/** Si pasó. */
const correr = ({ archivo, corta, larga }: Puerta): boolean => {
  const args = ['herramientas/arranque.mjs', 'prueba', archivo, ...(values.largas ? larga : corta)]
  const env = { ...process.env, ...(values.largas && { EVIDENCIA: process.env.EVIDENCIA ?? 'evidencia' }) }
  return spawnSync(process.execPath, args, { cwd: RAIZ, env, stdio: 'inherit' }).status === 0
}

/** Las que no pasaron. Con un plazo se vuelven a correr todas hasta que venza, y con él vencido no empieza otra. */
const correrTodas = (): ReadonlySet<string> => {
  const malas = new Set<string>()
  const vence = values.minutos === undefined ? undefined : Number(values.minutos) * 60
  do {
    for (const puerta of pedidas) {
      if (vence !== undefined && segundos() >= vence) return malas
      console.error(`── ${puerta.id}: ${puerta.promete.es} (a los ${segundos()} s)`)
      if (!correr(puerta)) malas.add(puerta.id)
    }
  } while (vence !== undefined)
  return malas
}

if (desconocidas.length > 0 || pedidas.length === 0) {
  console.error(`No hay tales puertas: ${desconocidas.join(', ')}. Las que hay: ${PUERTAS.map(({ id }) => id).join(', ')}.`)
  process.exitCode = 2
} else {
  const malas = correrTodas()
  console.error(malas.size === 0 ? `── las ${pedidas.length} pasan (${segundos()} s)` : `── no pasan: ${[...malas].join(', ')}`)
  if (malas.size > 0) process.exitCode = 1
}
