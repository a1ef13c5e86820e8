// npm run pruebas -- R15: a cuánto da abasto el sistema, y qué hace cuando le llega diez veces eso, responda lo que responda. Quien llega toma
// una de cuatro mil conexiones, y nadie espera lo que dice un 503: la conexión que lo recibió se usa otra vez en cuanto alguien llega.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as dormir } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { abrirHijo, COMO_NPM_START, type Hijo } from '../../bench/hijo.ts'
import { reservar } from '../../bench/peticiones.ts'
import { anunciar, type Visto } from '../puerta.ts'
import type { OrdenesDelGenerador } from './generador_hijo.ts'
import { olvidarUna, revisarPromesas, terminadasPorSegundo } from './promesas.ts'
import { EN_TROPEL, informar, type Ronda, VECES } from './ronda.ts'
import type { OrdenesDelServidor } from './servidor_hijo.ts'

/** Se ofrece algo más de lo que se pide, porque a cuánto da abasto se mide también después y puede salir mayor. */
const VECES_OFRECIDAS = VECES * 1.2
/** Las conexiones que un servidor a gusto atiende. */
const A_GUSTO = 64
/** Lo que al generador puede tomarle además de pedir: conectarse, y esperar la última respuesta. */
const PLAZO_MS = 60_000

const { values } = parseArgs({
  options: {
    segundos: { type: 'string', default: '30' },
    calibrar: { type: 'string', default: '6' },
    veces: { type: 'string', default: '2' },
  },
})

type Partes = Readonly<{ servidor: Hijo<OrdenesDelServidor>; generador: Hijo<OrdenesDelGenerador>; carpeta: string; puerto: number }>

const clave = randomBytes(32).toString('base64url')
const peticiones = reservar('/vuelos/reserva-comando', { clave, vence: Date.now() + 3_600_000 })

const promesasDe = (carpeta: string, nombre: string): string => join(carpeta, `${nombre}.json`)
const leerPromesas = (carpeta: string, nombre: string): readonly string[] => JSON.parse(readFileSync(promesasDe(carpeta, nombre), 'utf8'))

/** Lo que termina por segundo cuando lo que entra y lo que sale son lo mismo: lo aceptado entre lo que tardó en entrar y cumplirse. */
const calibrar = async ({ servidor, generador, carpeta, puerto }: Partes): Promise<number> => {
  const ms = Number(values.calibrar) * 1_000
  const pedidos = { puerto, peticiones, conexiones: A_GUSTO, promesas: promesasDe(carpeta, 'calibrado') }
  await generador.pedir('pedir', { ...pedidos, ms: ms / 3 })
  await servidor.pedir('vaciar', {})
  const { desde, aceptadas } = await generador.pedir('pedir', { ...pedidos, ms })
  await servidor.pedir('vaciar', {})
  return (aceptadas * 1_000) / (Date.now() - desde)
}

/** Sobrecarga, y mide después otra vez a cuánto da abasto. */
const sobrecargar = async (partes: Partes, antes: number): Promise<Ronda> => {
  const { servidor, generador, carpeta, puerto } = partes
  const segundos = Number(values.segundos)
  await servidor.pedir('vigilar', {})
  const pedidos = { puerto, peticiones, conexiones: EN_TROPEL, promesas: promesasDe(carpeta, 'sobrecarga') }
  const ritmo = Math.round(antes * VECES_OFRECIDAS)
  const pidiendo = generador.pedir('pedir', { ...pedidos, ms: segundos * 1_000, ritmo }, segundos * 1_000 + PLAZO_MS)
  const [vigilado, respondido] = await Promise.all([dormir(segundos * 1_000).then(() => servidor.pedir('vigilado', {})), pidiendo])
  await servidor.pedir('vaciar', {})
  const prometidas = leerPromesas(carpeta, 'sobrecarga')
  const despues = await calibrar(partes)
  const sostenible = (antes + despues) / 2
  const rendimiento = terminadasPorSegundo(carpeta, respondido) / sostenible
  return { ...vigilado, respondido, prometidas, antes, despues, rendimiento, veces: respondido.ofrecidas / segundos / sostenible }
}

const sobrecargarVeces = async (partes: Partes): Promise<readonly Ronda[]> => {
  const rondas: Ronda[] = []
  let antes = await calibrar(partes)
  for (let i = 0; i < Number(values.veces); i++) {
    console.error(`sobrecarga: da abasto a ${Math.round(antes)} por segundo`)
    const ronda = await sobrecargar(partes, antes)
    rondas.push(ronda)
    antes = ronda.despues
  }
  return rondas
}

const ver = async (carpeta: string): Promise<Visto> => {
  const servidor = abrirHijo<OrdenesDelServidor>('../pruebas/sobrecarga/servidor_hijo.ts', COMO_NPM_START)
  const generador = abrirHijo<OrdenesDelGenerador>('../pruebas/sobrecarga/generador_hijo.ts')
  try {
    const { puerto, rss } = await servidor.pedir('abrir', { carpeta, clave })
    const rondas = await sobrecargarVeces({ servidor, generador, carpeta, puerto })
    await Promise.all([servidor.cerrar(), generador.cerrar()])
    const prometidas = rondas.flatMap((ronda) => ronda.prometidas)
    const incumplidas = revisarPromesas(carpeta, prometidas)
    const rotas = Object.values(incumplidas).some((cuantas) => cuantas > 0)
    olvidarUna(carpeta, prometidas[0] as string)
    const control = revisarPromesas(carpeta, prometidas).perdidas === 1 ? 'rojo' : 'verde'
    const { cuentas, faltas, ...visto } = informar(rondas, rss)
    return {
      id: 'R15',
      nombre: 'sobrecarga',
      ...visto,
      cuentas: { ...cuentas, ...incumplidas },
      control,
      faltas: [...faltas, ...(rotas ? [`promesas sin cumplir: ${JSON.stringify(incumplidas)}`] : [])],
    }
  } finally {
    await Promise.all([servidor.cerrar(), generador.cerrar()])
  }
}

const carpeta = mkdtempSync(join(tmpdir(), 'sobrecarga-'))
try {
  anunciar(await ver(carpeta))
} finally {
  rmSync(carpeta, { recursive: true, force: true })
}
