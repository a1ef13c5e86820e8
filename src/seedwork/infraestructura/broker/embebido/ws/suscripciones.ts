import type { Inicio } from '../../puerto.ts'
import * as tablas from '../tablas.ts'
import { Negado } from './direccion.ts'
import { epocaDe, ledgerDe } from './id_de_mensaje.ts'
import { type ContextoDeAdmin, cualDe, HECHO, type Llamada, type Respuesta, topicoDe } from './llamada.ts'
import { leerObjeto } from './tramas.ts'

export async function verNombres({ partes: { broker } }: ContextoDeAdmin, llamada: Llamada): Promise<Respuesta> {
  const suscripciones = await broker.estadoDe(topicoDe(llamada))
  return { estado: 200, cuerpo: suscripciones.map(({ nombre }) => nombre) }
}

export async function verEstado({ partes: { broker, almacen } }: ContextoDeAdmin, topico: string): Promise<Respuesta> {
  const suscripciones = await broker.estadoDe(topico)
  const { total = 0 } = (await almacen.lector.una(tablas.resumenDelTopico, { topico })) ?? {}
  const cuerpo = {
    msgInCounter: total,
    subscriptions: Object.fromEntries(
      suscripciones.map(({ nombre, tipo, pendientes, enVuelo, consumidores }) => [
        nombre,
        { type: tipo, msgBacklog: pendientes, unackedMessages: enVuelo, consumers: Array.from({ length: consumidores }, () => ({})) },
      ]),
    ),
  }
  return { estado: 200, cuerpo }
}

/** El log entero es un solo ledger; sus entradas son las posiciones del log, que es de todos los tópicos: no son seguidas. */
export async function verLog({ partes: { broker, almacen } }: ContextoDeAdmin, topico: string): Promise<Respuesta> {
  const ledger = ledgerDe(broker.epoca)
  const { total = 0, ultima } = (await almacen.lector.una(tablas.resumenDelTopico, { topico })) ?? {}
  const suscripciones = await broker.estadoDe(topico)
  const cuerpo = {
    entriesAddedCounter: total,
    numberOfEntries: total,
    lastConfirmedEntry: `${ledger}:${ultima ?? -1}`,
    ledgers: [{ ledgerId: ledger, entries: total, size: 0 }],
    cursors: Object.fromEntries(
      suscripciones.map(({ nombre, hasta, saldadas, pendientes }) => [
        nombre,
        {
          markDeletePosition: `${ledger}:${hasta}`,
          messagesConsumedCounter: Math.max(0, total - pendientes),
          individuallyDeletedMessages: tramosDe(ledger, saldadas),
        },
      ]),
    ),
  }
  return { estado: 200, cuerpo }
}

/** Como los escribe Pulsar: `[(1:3..1:5],(1:8..1:9]]`, cada uno sin su primero. Lo seguido va junto. */
const tramosDe = (ledger: number, saldadas: readonly number[]): string => {
  const tramos: [antes: number, ultima: number][] = []
  for (const posicion of saldadas) {
    const tramo = tramos.at(-1)
    if (tramo?.[1] === posicion - 1) tramo[1] = posicion
    else tramos.push([posicion - 1, posicion])
  }
  return `[${tramos.map(([antes, ultima]) => `(${ledger}:${antes}..${ledger}:${ultima}]`).join(',')}]`
}

export async function crearSuscripcion({ partes }: ContextoDeAdmin, llamada: Llamada): Promise<Respuesta> {
  const cual = cualDe(llamada)
  const estados = await partes.broker.estadoDe(cual.topico)
  if (estados.some(({ nombre }) => nombre === cual.nombre)) throw new Negado(409, 'La suscripción ya existe.')
  await partes.broker.crearSuscripcion({ ...cual, inicio: inicioDelCuerpo(llamada.cuerpo) })
  return HECHO
}

export async function borrarSuscripcion({ partes, deSuscripcion }: ContextoDeAdmin, llamada: Llamada): Promise<Respuesta> {
  const cual = cualDe(llamada)
  if (deSuscripcion(cual.topico, cual.nombre).length > 0) throw new Negado(412, 'La suscripción tiene consumidores conectados.')
  return (await partes.broker.borrarSuscripcion(cual)) ? HECHO : noExiste()
}

export async function moverSuscripcion(contexto: ContextoDeAdmin, llamada: Llamada): Promise<Respuesta> {
  const instante = llamada.nombres[4]
  return mover(contexto, llamada, instante === undefined ? inicioDelCuerpo(llamada.cuerpo) : { instante: Number(instante) })
}

/** Da por saldado todo lo que haya. */
export const saltarTodo = (contexto: ContextoDeAdmin, llamada: Llamada): Promise<Respuesta> => mover(contexto, llamada, 'ultimo')

/** Sus consumidores siguen conectados, y reciben desde ahí. */
async function mover({ partes, deSuscripcion }: ContextoDeAdmin, llamada: Llamada, inicio: Inicio): Promise<Respuesta> {
  const cual = cualDe(llamada)
  const sesiones = deSuscripcion(cual.topico, cual.nombre)
  await Promise.all(sesiones.map((sesion) => sesion.soltar()))
  try {
    return (await partes.broker.moverSuscripcion({ ...cual, inicio })) ? HECHO : noExiste()
  } finally {
    await Promise.all(sesiones.map((sesion) => sesion.unirse()))
  }
}

const noExiste = (): never => {
  throw new Negado(404, 'No existe la suscripción.')
}

/** `"earliest"`, `"latest"` o `{ledgerId, entryId, excluded}` (desde ése, o desde el siguiente); sin cuerpo, lo último. */
const inicioDelCuerpo = (cuerpo: string): Inicio => {
  const texto = cuerpo.trim()
  if (texto === '' || texto === '"latest"') return 'ultimo'
  if (texto === '"earliest"') return 'primero'
  const { ledgerId, entryId, excluded } = leerObjeto(texto) ?? {}
  if (typeof ledgerId !== 'number' || typeof entryId !== 'number') throw new Negado(400, 'No se entiende desde dónde.')
  // Pulsar dice así «lo primero» y «lo último» cuando se le da un messageId sin más.
  if (entryId < 0) return 'primero'
  if (entryId >= Number.MAX_SAFE_INTEGER) return 'ultimo'
  return { posicion: `${epocaDe(ledgerId)}.${excluded === true ? entryId : Math.max(0, entryId - 1)}` }
}
