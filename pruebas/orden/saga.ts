// npm run pruebas -- R19; o este archivo [--hondo 5]: todos los órdenes de lo que le puede pasar a la saga de una reserva de oferta.
import { parseArgs } from 'node:util'
import { anunciar } from '../puerta.ts'
import { type Modo, type Orden, ordenes, PASOS, prever } from './modelo.ts'
import { recorrer } from './recorrer.ts'
import { ROTAS } from './rota.ts'

const MODOS: readonly Modo[] = ['acepta', 'rechaza']
const POR_SISTEMA = 500
/** Hasta dónde llega cada control. */
const HONDO_DE_CONTROL = 2

const { values } = parseArgs({ options: { hondo: { type: 'string', default: '5' } } })
const hondo = Number(values.hondo)

/** En grupos de los que vencen en los mismos pasos, que pueden compartir el reloj. */
const grupos = (todos: readonly Orden[]): readonly (readonly Orden[])[] =>
  [...Map.groupBy(todos, (orden) => orden.reduce((cuales, paso, n) => cuales | (paso === 'vence' ? 1 << n : 0), 0)).values()].flatMap(
    (grupo) => Array.from({ length: Math.ceil(grupo.length / POR_SISTEMA) }, (_, n) => grupo.slice(n * POR_SISTEMA, (n + 1) * POR_SISTEMA)),
  )

const recorrerTodos = async (todos: readonly Orden[], romper?: (typeof ROTAS)[string]): Promise<readonly string[]> => {
  const faltas: string[] = []
  let hechos = 0
  for (const grupo of grupos(todos)) {
    for (const modo of MODOS) faltas.push(...(await recorrer(grupo, modo, romper)))
    hechos += grupo.length
    if (romper === undefined) console.error(`saga: ${hechos} de ${todos.length}`)
  }
  return faltas
}

const controles: string[] = []
for (const [cual, romper] of Object.entries(ROTAS)) {
  const faltas = await recorrerTodos(ordenes(HONDO_DE_CONTROL), romper)
  controles.push(`${cual}: ${faltas.length === 0 ? 'no se ve' : `${faltas.length} faltas, ${faltas.at(-1)}`}`)
}
const inicio = performance.now()
const todos = ordenes(hondo)
const faltas = await recorrerTodos(todos)
const segundos = Math.round((performance.now() - inicio) / 1_000)
const previstos = MODOS.flatMap((modo) => todos.map((orden) => prever(orden, modo)))
const finales = Map.groupBy(previstos, ({ estado }) => estado)
anunciar({
  id: 'R19',
  nombre: 'saga',
  corridas: previstos.length,
  cuentas: {
    hondo,
    ordenes: todos.length,
    estados: new Set(previstos.flatMap(({ visitados }) => visitados)).size,
    historias: new Set(previstos.map(({ eventos }) => eventos.join())).size,
    segundos,
  },
  control: controles.every((control) => !control.endsWith('no se ve')) ? 'rojo' : 'verde',
  faltas,
  detalle: [
    `pasos: ${PASOS.join(', ')}; la aerolínea ${MODOS.join(' o ')}`,
    ...[...finales].map(([estado, cuales]) => `terminan en ${estado}: ${cuales.length}`),
    ...controles.map((control) => `rota a propósito, ${control}`),
  ],
})
