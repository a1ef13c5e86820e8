// npm run pruebas -- R15: a cuánto da abasto el sistema, y qué hace cuando quinientos doce quieren diez veces eso y no dejan de insistir. Con
// tantas conexiones lo que sobra espera en la de cada uno: cuánto se pidió de verdad va en la cuenta.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { abrirHijo, type Hijo } from '../../bench/hijo.ts'
import { reservar } from '../../bench/peticiones.ts'
import { anunciar, type Visto } from '../puerta.ts'
import type { OrdenesDelGenerador, Respondido } from './generador_hijo.ts'
import { olvidarUna, revisarPromesas, terminadasPorSegundo } from './promesas.ts'
import type { OrdenesDelServidor } from './servidor_hijo.ts'

const VECES = 10
/** En vuelo: las que un servidor a gusto atiende, y las que juntan los que insisten. */
const A_GUSTO = 64
const EN_TROPEL = 512
/** Lo que se persigue, y por debajo de lo cual no pasa: los dos se miden con segundos de diferencia. */
const RENDIMIENTO_META = 0.9
const RENDIMIENTO_MINIMO = 0.7
const NEGATIVA_MS = 10
const MEMORIA_MB = 512

const { values } = parseArgs({
  options: { segundos: { type: 'string', default: '30' }, calibrar: { type: 'string', default: '6' } },
})

type Partes = Readonly<{ servidor: Hijo<OrdenesDelServidor>; generador: Hijo<OrdenesDelGenerador>; carpeta: string; puerto: number }>

const clave = randomBytes(32).toString('base64url')
const peticiones = reservar('/vuelos/reserva-comando', { clave, vence: Date.now() + 3_600_000 })

const promesasDe = (carpeta: string, nombre: string): string => join(carpeta, `${nombre}.json`)
const leerPromesas = (carpeta: string, nombre: string): readonly string[] => JSON.parse(readFileSync(promesasDe(carpeta, nombre), 'utf8'))

/** Lo que termina por segundo cuando lo que entra y lo que sale son lo mismo: lo aceptado entre lo que tardó en entrar y cumplirse. */
const calibrar = async ({ servidor, generador, carpeta, puerto }: Partes, ms: number): Promise<number> => {
  const pedidos = { puerto, peticiones, conexiones: A_GUSTO, promesas: promesasDe(carpeta, 'calibrado') }
  await generador.pedir('pedir', { ...pedidos, ms: ms / 3 })
  await servidor.pedir('vaciar', {})
  const { desde, aceptadas } = await generador.pedir('pedir', { ...pedidos, ms })
  await servidor.pedir('vaciar', {})
  return (aceptadas * 1_000) / (Date.now() - desde)
}

/** Lo que no se cumplió de lo que se ve desde fuera. */
const faltasDe = (
  { sinPlazo, otras }: Respondido,
  { rendimiento, p99, rssMaxima }: Readonly<{ rendimiento: number; p99: number; rssMaxima: number }>,
): readonly string[] => [
  ...(sinPlazo > 0 ? [`${sinPlazo} negativas no dicen cuándo volver`] : []),
  ...Object.entries(otras).map(([cual, veces]) => `${veces} respuestas que no eran ni 202 ni 503: ${cual}`),
  ...(rendimiento < RENDIMIENTO_MINIMO ? [`cumplió ${rendimiento.toFixed(2)} de su máximo, y se pide ${RENDIMIENTO_MINIMO}`] : []),
  ...(p99 >= NEGATIVA_MS ? [`negarse tardó ${p99.toFixed(1)} ms (p99), y se piden menos de ${NEGATIVA_MS}`] : []),
  ...(rssMaxima > MEMORIA_MB ? [`ocupó ${Math.round(rssMaxima)} MB, y se le permiten ${MEMORIA_MB}`] : []),
]

const cuantasIncumplidas = (incumplidas: Readonly<Record<string, number>>): number => Object.values(incumplidas).reduce((a, b) => a + b, 0)

const ver = async (carpeta: string): Promise<Visto> => {
  const servidor = abrirHijo<OrdenesDelServidor>('../pruebas/sobrecarga/servidor_hijo.ts')
  const generador = abrirHijo<OrdenesDelGenerador>('../pruebas/sobrecarga/generador_hijo.ts')
  try {
    const { puerto, rss } = await servidor.pedir('abrir', { carpeta, clave })
    const sostenible = await calibrar({ servidor, generador, carpeta, puerto }, Number(values.calibrar) * 1_000)
    console.error(`sobrecarga: da abasto a ${Math.round(sostenible)} por segundo`)
    await servidor.pedir('vigilar', {})
    const ritmo = Math.round(sostenible * VECES)
    const pedidos = { puerto, peticiones, conexiones: EN_TROPEL, promesas: promesasDe(carpeta, 'sobrecarga') }
    const respondido = await generador.pedir('pedir', { ...pedidos, ms: Number(values.segundos) * 1_000, ritmo })
    const visto = await servidor.pedir('vigilado', {})
    console.error(`sobrecarga: ${JSON.stringify({ ...respondido, ...visto })}`)
    await servidor.pedir('vaciar', {})
    await Promise.all([servidor.cerrar(), generador.cerrar()])
    const rendimiento = terminadasPorSegundo(carpeta, respondido) / sostenible
    const prometidas = leerPromesas(carpeta, 'sobrecarga')
    const incumplidas = revisarPromesas(carpeta, prometidas)
    olvidarUna(carpeta, prometidas[0] as string)
    const control = revisarPromesas(carpeta, prometidas).perdidas === 1 ? 'rojo' : 'verde'
    const porSegundo = respondido.pedidas / Number(values.segundos)
    return {
      id: 'R15',
      nombre: 'sobrecarga',
      corridas: respondido.pedidas,
      cuentas: {
        aceptadas: respondido.aceptadas,
        negadas: respondido.negadas,
        ...incumplidas,
        sostenible: Math.round(sostenible),
        rendimiento: rendimiento.toFixed(2),
        negativa_p99_ms: visto.p99.toFixed(2),
        memoria_mb: Math.round(visto.rssMaxima),
      },
      control,
      faltas: [
        ...faltasDe(respondido, { ...visto, rendimiento }),
        ...(cuantasIncumplidas(incumplidas) > 0 ? [`promesas sin cumplir: ${JSON.stringify(incumplidas)}`] : []),
      ],
      detalle: [
        `se le pidieron ${Math.round(porSegundo)} por segundo, ${(porSegundo / sostenible).toFixed(1)} veces lo que puede (se quería ${VECES}), con hasta ${EN_TROPEL} en vuelo`,
        `cumplido durante la sobrecarga ÷ máximo: ${rendimiento.toFixed(2)} (se persigue ${RENDIMIENTO_META})`,
        `negarse, del pedido leído a la respuesta: p50 ${visto.p50.toFixed(2)} ms, p99 ${visto.p99.toFixed(2)} ms (se pide menos de ${NEGATIVA_MS})`,
        `memoria: ${Math.round(rss)} MB al abrir, ${Math.round(visto.rssMaxima)} MB la mayor (se permiten ${MEMORIA_MB})`,
        `el generador gastó ${respondido.uso.toFixed(2)} de un núcleo; por saldar al final: ${JSON.stringify(visto.pendientes)}`,
      ],
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
