// npm run pruebas [-- R1 S3 …]: las puertas, con poco tiempo. npm run pruebas:largas [-- R1 …] [--minutos 60]: con mucho, y queda en evidencia/.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
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

/** Cuánto de lo último que dijo se repite al final de quien no pasó. */
const COLA = 6_000

/** Corre una a la vista de todos. Da lo último que dijo, si no pasó. */
const correr = async ({ archivo, corta, larga }: Puerta): Promise<string | undefined> => {
  const args = ['herramientas/arranque.mjs', 'prueba', archivo, ...(values.largas ? larga : corta)]
  const env = { ...process.env, ...(values.largas && { EVIDENCIA: process.env.EVIDENCIA ?? 'evidencia' }) }
  const hijo = spawn(process.execPath, args, { cwd: RAIZ, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let cola = ''
  for (const [suya, nuestra] of [[hijo.stdout, process.stdout] as const, [hijo.stderr, process.stderr] as const])
    suya.setEncoding('utf8').on('data', (trozo: string) => {
      nuestra.write(trozo)
      cola = `${cola}${trozo}`.slice(-COLA)
    })
  const [codigo] = await once(hijo, 'close')
  return codigo === 0 ? undefined : cola
}

/** Las que no pasaron, y qué dijeron. Con un plazo se vuelven a correr todas hasta que venza, y con él vencido no empieza otra. */
const correrTodas = async (): Promise<ReadonlyMap<string, string>> => {
  const malas = new Map<string, string>()
  const vence = values.minutos === undefined ? undefined : Number(values.minutos) * 60
  do {
    for (const puerta of pedidas) {
      if (vence !== undefined && segundos() >= vence) return malas
      console.error(`── ${puerta.id}: ${puerta.promete.es} (a los ${segundos()} s)`)
      const dijo = await correr(puerta)
      if (dijo !== undefined) malas.set(puerta.id, dijo)
    }
  } while (vence !== undefined)
  return malas
}

if (desconocidas.length > 0 || pedidas.length === 0) {
  console.error(`No hay tales puertas: ${desconocidas.join(', ')}. Las que hay: ${PUERTAS.map(({ id }) => id).join(', ')}.`)
  process.exitCode = 2
} else {
  const malas = await correrTodas()
  // Lo que dijo la que no pasó puede haber quedado miles de líneas atrás.
  for (const [id, dijo] of malas) console.error(`── ${id} no pasa. Lo último que dijo:\n${dijo}`)
  console.error(malas.size === 0 ? `── las ${pedidas.length} pasan (${segundos()} s)` : `── no pasan: ${[...malas.keys()].join(', ')}`)
  if (malas.size > 0) process.exitCode = 1
}
