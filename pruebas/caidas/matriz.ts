import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cargar } from '../../tests/procesos/apoyo/carga.ts'
import { hastaQue } from '../../tests/procesos/apoyo/hechos.ts'
import { RAIZ } from '../../tests/procesos/apoyo/servidor.ts'
import type { Plantilla } from './almacenes.ts'
import { abrirEscena, type Corrida, type Escena, terminarEscena } from './escena.ts'

const HIJO = join(RAIZ, 'tests/procesos/hijo_armado.ts')
/** Con tantos intentos, en este plazo, por un punto que existe se pasó de sobra; si no, se le pide que se detenga, y es su última ocasión. */
const INTENTOS = 60
const PASA_MS = 30_000

/** Todo `puntoDeCaida('…')` que haya en el código, también el que se escriba mañana. */
export const PUNTOS: readonly string[] = [
  ...new Set(
    globSync('src/**/*.ts', { cwd: RAIZ, exclude: ['**/node_modules/**', '**/*.test.ts'] }).flatMap((ruta) =>
      [...readFileSync(join(RAIZ, ruta), 'utf8').matchAll(/\bpuntoDeCaida\(\s*['"`]([^'"`]+)/g)].map(([, nombre = '']) => nombre),
    ),
  ),
].sort()

/** En qué pasada muere: contadas desde que arranca, a menudo antes de estar listo, o desde que ya atiende. */
export type Pasada = Readonly<{ vez: number; desde: 'arranque' | 'listo' }>

/** Una vida que termina sola en el punto; da por falta que se detuviera sin pasar por él. */
const vidaArmada = async (escena: Escena, punto: string, { vez, desde }: Pasada): Promise<readonly string[]> => {
  const { banco, contexto, reloj, vivo, env } = escena
  reloj.lanzada()
  const proceso = banco.lanzar({ args: [HIJO, punto, String(vez), ...(desde === 'listo' ? ['aviso'] : [])], env })
  const direcciones = await proceso.listo().catch(() => undefined)
  if (direcciones !== undefined) {
    Object.assign(vivo, { api: direcciones.api, ui: direcciones.ui })
    if (desde === 'listo') proceso.senal('SIGUSR2')
    await cargar(contexto, { api: direcciones.api, terminado: proceso.terminado }, INTENTOS)
    await hastaQue('que pase por el punto', proceso.terminado, PASA_MS).catch(() => proceso.senal('SIGTERM'))
  }
  const { codigo, senal } = await proceso.fin()
  return senal === 'SIGKILL' ? [] : [`nunca se pasó ${vez} veces por ${punto}: terminó con ${codigo}\n${proceso.errores()}`]
}

/** Muere cada una de esas veces en el punto, con lo que dejó la anterior todavía por hacer, vuelve sin armar, y se juzga lo que quedó. */
export const morirEn = async (punto: string, { plantilla, pasadas, semilla }: DeUnPunto): Promise<Corrida> => {
  const nombre = `${punto} en ${plantilla.almacen}, semilla ${semilla}`
  const escena = await abrirEscena({ nombre, plantilla, semilla })
  try {
    const vistas = escena.vistas(plantilla.posicion)
    const sinPasar: string[] = []
    for (const pasada of pasadas) sinPasar.push(...(await vidaArmada(escena, punto, pasada)))
    escena.reloj.lanzada()
    const servidor = await escena.banco.arrancar({ env: escena.env })
    Object.assign(escena.vivo, { api: servidor.api, ui: servidor.ui })
    const corrida = await terminarEscena(escena, vistas, pasadas.length)
    return { ...corrida, faltas: [...sinPasar, ...corrida.faltas] }
  } finally {
    await escena.cerrar()
  }
}

type DeUnPunto = Readonly<{ plantilla: Plantilla; pasadas: readonly Pasada[]; semilla: number }>
