// npm run pruebas -- R19; o este archivo [--hondo 5]: todos los órdenes de lo que le puede pasar a la saga de una reserva de oferta.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { anunciar, type Visto } from '../puerta.ts'
import { type Modo, type Orden, ordenes, PASOS, prever } from './modelo.ts'
import { recorrer } from './recorrer.ts'
import { ROTAS } from './rota.ts'

const MODOS: readonly Modo[] = ['acepta', 'rechaza']
/** Lo retenido ocupa la ventana de su suscripción, de 1.000 mensajes y a lo sumo 4 por llave: con más, lo de unas espera por lo de otras. */
const POR_SISTEMA = 250
/** Hasta dónde llega cada control. */
const HONDO_DE_CONTROL = 2
const NO_SE_VE = 'no se ve'

const { values } = parseArgs({ options: { hondo: { type: 'string', default: '5' }, hijo: { type: 'string' } } })
const hondo = Number(values.hondo)

/** En grupos de los que vencen en los mismos pasos, que pueden compartir el reloj. */
const grupos = (todos: readonly Orden[]): readonly (readonly Orden[])[] =>
  [...Map.groupBy(todos, (orden) => orden.reduce((cuales, paso, n) => cuales | (paso === 'vence' ? 1 << n : 0), 0)).values()].flatMap(
    (grupo) => Array.from({ length: Math.ceil(grupo.length / POR_SISTEMA) }, (_, n) => grupo.slice(n * POR_SISTEMA, (n + 1) * POR_SISTEMA)),
  )

const recorrerTodos = async (todos: readonly Orden[], modo: Modo, romper?: (typeof ROTAS)[string]): Promise<readonly string[]> => {
  const faltas: string[] = []
  let hechos = 0
  for (const grupo of grupos(todos)) {
    faltas.push(...(await recorrer(grupo, modo, romper)))
    if (romper === undefined && Math.floor(hechos / 2_000) < Math.floor((hechos + grupo.length) / 2_000))
      console.error(`saga, ${modo}: ${hechos + grupo.length} de ${todos.length}`)
    hechos += grupo.length
  }
  return faltas
}

/** Cada respuesta de la aerolínea, en su proceso. */
const enHijo = async (modo: Modo): Promise<readonly string[]> => {
  const hijo = fork(import.meta.filename, ['--hondo', String(hondo), '--hijo', modo], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const muerto = once(hijo, 'exit').then(([codigo]) => Promise.reject(new Error(`Un proceso de la saga terminó con ${codigo}.`)))
  muerto.catch(() => {})
  const [faltas] = (await Promise.race([once(hijo, 'message'), muerto])) as [readonly string[]]
  return faltas
}

const verControles = async (): Promise<readonly string[]> => {
  const vistos: string[] = []
  for (const [cual, romper] of Object.entries(ROTAS)) {
    const faltas = await recorrerTodos(ordenes(HONDO_DE_CONTROL), 'rechaza', romper)
    vistos.push(`${cual}: ${faltas.length === 0 ? NO_SE_VE : `${faltas.length} faltas, ${faltas.at(-1)}`}`)
  }
  return vistos
}

const verTodos = async (): Promise<Visto> => {
  const controles = await verControles()
  const todos = ordenes(hondo)
  const faltas = (await Promise.all(MODOS.map(enHijo))).flat()
  const previstos = MODOS.flatMap((modo) => todos.map((orden) => prever(orden, modo)))
  const finales = Map.groupBy(previstos, ({ estado }) => estado)
  return {
    id: 'R19',
    nombre: 'saga',
    corridas: previstos.length,
    cuentas: {
      hondo,
      ordenes: todos.length,
      estados: new Set(previstos.flatMap(({ visitados }) => visitados)).size,
      historias: new Set(previstos.map(({ eventos }) => eventos.join())).size,
    },
    control: controles.some((control) => control.endsWith(NO_SE_VE)) ? 'verde' : 'rojo',
    faltas,
    detalle: [
      `pasos: ${PASOS.join(', ')}; la aerolínea ${MODOS.join(' o ')}`,
      ...[...finales].map(([estado, cuales]) => `terminan en ${estado}: ${cuales.length}`),
      ...controles.map((control) => `rota a propósito, ${control}`),
    ],
  }
}

const avisar = (faltas: readonly string[]): void => void process.send?.(faltas, () => process.exit())

/** Mucho más de lo que tardan: lo que no termina se ve. Un hijo se va con su padre. */
const PLAZO_MS = 120_000 + 30 * PASOS.length ** hondo
setTimeout(() => {
  console.error(`✖ Los órdenes no terminaron en ${PLAZO_MS} ms.`)
  process.exit(1)
}, PLAZO_MS).unref()
process.on('disconnect', () => process.exit())

if (values.hijo === undefined) anunciar(await verTodos())
else avisar(await recorrerTodos(ordenes(hondo), values.hijo as Modo))
