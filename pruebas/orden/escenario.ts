import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as vuelos from 'aeroalpes-api/modulos/vuelos/index.ts'
import { componer, migraciones, type Sistema } from 'aeroalpes-api/sistema.ts'
import pino from 'pino'
import { ANONIMO } from 'seedwork/aplicacion/actor.ts'
import type { Almacen } from 'seedwork/infraestructura/almacen/puerto.ts'
import { abrirAlmacenSqlite } from 'seedwork/infraestructura/almacen/sqlite/almacen.ts'
import { abrirBrokerEmbebido } from 'seedwork/infraestructura/broker/embebido/broker.ts'
import { migracionesEmbebido } from 'seedwork/infraestructura/broker/embebido/tablas.ts'
import type { Broker, Mensaje } from 'seedwork/infraestructura/broker/puerto.ts'
import { type EntornoVirtual, entornoVirtual } from 'seedwork/pruebas/entorno_virtual.ts'
import type { Modo } from './modelo.ts'

/** El sistema de verdad, menos HTTP, sobre un reloj a mano, en que cada mensaje espera a que se lo entregue. */
export type Escenario = Readonly<{
  carpeta: string
  sistema: Sistema
  entorno: EntornoVirtual
  /** Llega lo primero que espera cada consumidor de esa reserva. */
  entregar: (id_reserva: string) => void
  /** Lo último que se publicó de ella. */
  ultimos: (id_reserva: string) => readonly Mensaje[]
  /** Desde ahora nada espera. */
  soltar: () => void
  cerrar: () => Promise<void>
}>

const RAIZ = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
const bitacora = pino({ level: 'silent' })
/** Los que caben retenidos a la vez. */
const PERMISOS = 5_000
const CON_COMPUERTA: readonly string[] = ['aeroalpes-sub-comandos', 'aeroalpes-saga-reservas']

export const abrirEscenario = async (modo: Modo, romper: (almacen: Almacen) => Almacen): Promise<Escenario> => {
  const carpeta = mkdtempSync(join(RAIZ, 'saga-'))
  const entorno = entornoVirtual()
  const abierto = await abrirAlmacenSqlite({ carpeta, entorno, migraciones: [migracionesEmbebido, ...migraciones] })
  const almacen = romper(abierto)
  const broker = await abrirBrokerEmbebido({ almacen, entorno, conservarMs: Number.POSITIVE_INFINITY, alFallar: () => {} })
  const compuerta = crearCompuerta(broker)
  const sistema = await componer({
    ...{ almacen, broker: compuerta.broker, entorno, bitacora },
    ...{ clave: Buffer.alloc(32), listaAbierta: false, aerolinea: modo },
  })
  return {
    ...{ carpeta, sistema, entorno },
    ...compuerta,
    cerrar: async () => {
      await sistema.detener()
      await broker.cerrar()
      await abierto.cerrar()
    },
  }
}

export const borrar = ({ carpeta }: Escenario): void => rmSync(carpeta, { recursive: true })

const crearCompuerta = (broker: Broker) => {
  const retenidos = new Map<string, (() => void)[]>()
  const publicados = new Map<string, Map<string, Mensaje>>()
  let abierta = false
  const esperar = (llave: string): Promise<void> =>
    new Promise((pasar) => {
      if (abierta) pasar()
      else retenidos.set(llave, [...(retenidos.get(llave) ?? []), pasar])
    })
  const entregar = (llave: string): void => {
    const suyos = retenidos.get(llave) ?? []
    retenidos.delete(llave)
    for (const pasar of suyos) pasar()
  }
  const anotar = (mensaje: Mensaje): void => {
    if (mensaje.topico === 'eventos-operacion') return
    const suyos = publicados.get(String(mensaje.llave)) ?? new Map<string, Mensaje>()
    publicados.set(String(mensaje.llave), suyos.set(mensaje.topico, mensaje))
  }
  return {
    broker: {
      ...broker,
      publicar: (tx, mensajes) => {
        for (const mensaje of mensajes) anotar(mensaje)
        return broker.publicar(tx, mensajes)
      },
      suscribir: (suscripcion) => {
        if (!CON_COMPUERTA.includes(suscripcion.nombre)) return broker.suscribir(suscripcion)
        const manejar: typeof suscripcion.manejar = async (entrega) => {
          await esperar(String(entrega.mensaje.llave))
          await suscripcion.manejar(entrega)
        }
        return broker.suscribir({ ...suscripcion, permisos: PERMISOS, manejar })
      },
    } satisfies Broker,
    entregar,
    ultimos: (llave: string) => [...(publicados.get(llave)?.values() ?? [])],
    soltar: () => {
      abierta = true
      for (const llave of [...retenidos.keys()]) entregar(llave)
    },
  }
}

const DIA_MS = 86_400_000
const PRIMER_DIA = Date.UTC(2022, 11, 1)
const DIAS = 60
/** Vendida la mitad de una cabina, lo que queda cuesta más. */
const HASTA_QUE_SUBE = 0.45

let asientos: readonly string[] | undefined

/** De vuelos directos, cada una tantas veces como se puede vender sin que su precio suba. Todo escenario empieza a la misma hora: valen en todos. */
export const ofertas = async ({ sistema }: Escenario, cuantas: number): Promise<readonly string[]> => {
  if (asientos !== undefined && asientos.length >= cuantas) return asientos
  const halladas: string[] = []
  for (let dia = 0; dia < DIAS && halladas.length < cuantas; dia++) halladas.push(...(await delDia(sistema, PRIMER_DIA + dia * DIA_MS)))
  if (halladas.length < cuantas) throw new Error(`Sólo hay ${halladas.length} asientos.`)
  asientos = halladas
  return asientos
}

const delDia = async (sistema: Sistema, dia: number): Promise<readonly string[]> => {
  const de = { origen: 'origen', destino: 'destino', fecha: 'fecha' }
  const { itinerarios, parametros } = await sistema.consultar(
    vuelos.BuscarItinerarios,
    {
      tramos: [{ origen: 'BOG', destino: 'MDE', fecha: new Date(dia).toISOString().slice(0, 10), de }],
      viajeros: { adultos: 1, menores: 0, infantes: 0 },
      ...({ clase: 'ECONOMICA', orden: 'rapido', moneda: 'USD', desde: 0, tamano: 50 } as const),
    },
    { actor: ANONIMO, correlacion: 'oferta', causa: 'oferta' },
  )
  return itinerarios
    .map((itinerario) => vuelos.ofertaAJson(itinerario, parametros, sistema.ventas))
    .filter(({ escalas }) => escalas === 0)
    .flatMap(({ id_oferta, asientos: quedan }) => Array.from({ length: Math.floor(quedan * HASTA_QUE_SUBE) }, () => id_oferta))
}
