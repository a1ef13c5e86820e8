import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EventosReserva } from 'aeroalpes-api/modulos/vuelos/infraestructura/schema/v1/eventos.ts'
import { EventosOperacion } from 'aeroalpes-api/operaciones.ts'
import { abrirAlmacenSqlite } from 'seedwork/infraestructura/almacen/sqlite/almacen.ts'
import { abrirBrokerEmbebido } from 'seedwork/infraestructura/broker/embebido/broker.ts'
import { migracionesEmbebido } from 'seedwork/infraestructura/broker/embebido/tablas.ts'
import type { Broker, Mensaje } from 'seedwork/infraestructura/broker/puerto.ts'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'

export type BrokerDePrueba = Readonly<{
  broker: Broker
  publicar: (...mensajes: readonly Mensaje[]) => Promise<void>
  /** Se va lo publicado hasta ahora, como si la retención lo hubiera vencido. */
  vencer: () => Promise<void>
  cerrar: () => Promise<void>
}>

/** El broker embebido de verdad, solo, en una carpeta que se borra al cerrar. */
export const abrirBroker = async (): Promise<BrokerDePrueba> => {
  const carpeta = mkdtempSync(join(tmpdir(), 'broker-'))
  const almacen = await abrirAlmacenSqlite({ carpeta, entorno: entornoReal, migraciones: [migracionesEmbebido] })
  let limpiar: (() => void) | undefined
  const entorno = {
    ...entornoReal,
    planificador: {
      ...entornoReal.planificador,
      tras: (ms: number, tarea: () => void) => {
        if (ms >= 60_000) limpiar = tarea
        return entornoReal.planificador.tras(ms, tarea)
      },
    },
  }
  const broker = await abrirBrokerEmbebido({ almacen, entorno, conservarMs: -60_000, alFallar: console.error })
  return {
    broker,
    publicar: (...mensajes) => almacen.ejecutar((tx) => broker.publicar(tx, mensajes)),
    vencer: async () => {
      limpiar?.()
      await almacen.ejecutar(async () => {})
    },
    cerrar: async () => {
      await broker.cerrar()
      await almacen.cerrar()
      rmSync(carpeta, { recursive: true })
    },
  }
}

const atributos = (sujeto: string, { actor = 'anonimo', propietario = '' }: Quien) => {
  const id = entornoReal.ids()
  return { id, instante: Date.now(), sujeto, correlacion: id, causa: id, actor, propietario }
}

export type Quien = Readonly<{ actor?: string; propietario?: string; error?: string }>
type TipoDeEvento = 'ReservaCreada' | 'ReservaAprobada' | 'ReservaPagada' | 'ReservaCancelada'

/** Un evento de la reserva `id`. */
export const unEvento = (tipo: TipoDeEvento, id: string, quien: Quien = {}): Mensaje =>
  EventosReserva.escribir({
    tipo,
    data: { id_reserva: id, id_cliente: quien.propietario || 'None', estado: 'PENDIENTE', fecha_creacion: 1_669_122_600_000 },
    atributos: atributos(id, quien),
  })

/** El final de una operación sobre la reserva `id`. */
export const unFinal = (comando: string, id: string, quien: Quien = {}): Mensaje => {
  const suyos = atributos(id, quien)
  const { actor, propietario } = suyos
  const data = {
    id_operacion: `op-${comando}-${id}`,
    id_reserva: id,
    actor,
    propietario,
    comando,
    estado: 'completada',
    codigo: null,
    error: quien.error ?? null,
  }
  return EventosOperacion.escribir({ tipo: 'OperacionTerminada', data, atributos: suyos })
}
