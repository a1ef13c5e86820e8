// npm run pruebas -- R25; o este archivo [--carreras 2000 --semilla 1]: aprobar, pagar y cancelar a la vez sobre una reserva, por todas las vías.
import { parseArgs } from 'node:util'
import { mulberry32 } from 'seedwork/pruebas/entorno_virtual.ts'
import { abrirApi, abrirApiPorPartes } from '../../tests/apoyo/api.ts'
import type { Api } from '../../tests/apoyo/lugar.ts'
import { abrirSidecar } from '../../tests/apoyo/sidecar.ts'
import { anunciar } from '../puerta.ts'
import { historias, type Suerte } from './carreras.ts'
import { anomalias, type Historia } from './serie.ts'
import { almacenSinCandado } from './sin_candado.ts'

const DE_CONTROL = 100
const TODAS = ['http', 'grpc', 'topico', 'directo'] as const
/** El control corre por donde más se cruzan. */
const CRUZADAS = ['directo', 'directo', 'topico'] as const
/** Las anomalías que el control tiene que mostrar para que la puerta diga algo. */
const ROJAS = 5

const { values } = parseArgs({
  options: { carreras: { type: 'string', default: '2000' }, semilla: { type: 'string', default: '1' } },
})
const [carreras, semilla] = [Number(values.carreras), Number(values.semilla)]

/** Mucho más de lo que tardan: lo que no termina se ve. */
const PLAZO_MS = 120_000 + carreras * 300

type Vista = Readonly<{ todas: readonly Historia[]; malas: readonly string[]; ms: number }>

type Carrera = Readonly<{ cuantas: number; vias: Suerte['vias'] }>

const enAlmacen = async (almacen: 'sqlite' | 'postgres', abrir: () => Promise<Api>, { cuantas, vias }: Carrera): Promise<Vista> => {
  process.env.ALMACEN_DE_PRUEBA = almacen
  const api = await abrir()
  const sidecar = await abrirSidecar({ api: api.url })
  const inicio = performance.now()
  try {
    const todas = await historias({ api, sidecar }, cuantas, { azar: mulberry32(semilla), vias })
    return { todas, malas: todas.flatMap(anomalias), ms: Math.round(performance.now() - inicio) }
  } finally {
    await sidecar.cerrar()
    await api.cerrar()
  }
}

const contar = (vistas: readonly Vista[]): Readonly<Record<string, number>> => {
  const cuentas: Record<string, number> = {}
  const hechas = vistas.flatMap(({ todas }) => todas.flatMap((historia) => historia.hechas))
  for (const { via, verbo, dicho } of hechas)
    for (const que of [via, verbo, typeof dicho === 'string' ? dicho : `no: ${dicho.estaba}`]) cuentas[que] = (cuentas[que] ?? 0) + 1
  return cuentas
}

setTimeout(() => {
  console.error(`✖ Las carreras no terminaron en ${PLAZO_MS} ms.`)
  process.exit(1)
}, PLAZO_MS).unref()

const mitad = Math.ceil(carreras / 2)
const control = await enAlmacen('postgres', () => abrirApiPorPartes({ almacen: almacenSinCandado }), {
  cuantas: DE_CONTROL,
  vias: CRUZADAS,
})
const sqlite = await enAlmacen('sqlite', () => abrirApi(), { cuantas: mitad, vias: TODAS })
const postgres = await enAlmacen('postgres', () => abrirApi(), { cuantas: mitad, vias: TODAS })
const cuentas = contar([sqlite, postgres])
const comandos = [sqlite, postgres].reduce((total, { todas }) => total + todas.reduce((n, { hechas }) => n + hechas.length, 0), 0)
const otraVez = `Lo mismo otra vez: node herramientas/arranque.mjs prueba pruebas/orden/puerta.ts --carreras ${carreras} --semilla ${semilla}`
anunciar({
  id: 'R25',
  nombre: 'orden',
  corridas: sqlite.todas.length + postgres.todas.length,
  cuentas: {
    comandos,
    hechos: cuentas.ok ?? 0,
    abortados: cuentas.abortada ?? 0,
    anomalias: sqlite.malas.length + postgres.malas.length,
    anomalias_del_control: control.malas.length,
    semilla,
  },
  control: control.malas.length >= ROJAS ? 'rojo' : 'verde',
  faltas: [
    ...sqlite.malas.map((mala) => `SQLite: ${mala}. ${otraVez}`),
    ...postgres.malas.map((mala) => `PostgreSQL: ${mala}. ${otraVez}`),
  ],
  detalle: [
    `SQLite: ${sqlite.todas.length} carreras en ${sqlite.ms} ms; PostgreSQL: ${postgres.todas.length} en ${postgres.ms} ms`,
    ...Object.entries(cuentas).map(([que, veces]) => `${que}: ${veces}`),
    `sin candado ni versión, en ${control.todas.length} carreras: ${control.malas[0] ?? 'nada'}`,
  ],
})
