import { EventosReserva } from 'aeroalpes-api/modulos/vuelos/index.ts'
import { abrirAlmacenDeCorreos } from 'notificaciones/almacen.ts'
import type { Hecho } from 'notificaciones/correo/textos.ts'
import { crearNotificaciones, type Notificaciones } from 'notificaciones/notificaciones.ts'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Almacen } from 'seedwork/infraestructura/almacen/puerto.ts'
import { abrirAlmacenSqlite } from 'seedwork/infraestructura/almacen/sqlite/almacen.ts'
import { abrirBrokerEmbebido } from 'seedwork/infraestructura/broker/embebido/broker.ts'
import { migracionesEmbebido } from 'seedwork/infraestructura/broker/embebido/tablas.ts'
import type { Broker, Mensaje } from 'seedwork/infraestructura/broker/puerto.ts'
import { migracionesEsquemas, registroDeEsquemas } from 'seedwork/infraestructura/mensajes/esquemas.ts'
import type { Entorno } from 'seedwork/infraestructura/puertos.ts'

export type BancoDeNotificaciones = Notificaciones &
  Readonly<{ almacen: Almacen; broker: Broker; publicar: (...mensajes: Mensaje[]) => Promise<void> }>

type Partes = Readonly<{
  carpeta: string
  api: string
  smtpUrl: string
  bitacora: Logger
  entorno: Entorno
  registro?: Registry
  /** Corre con el broker abierto y antes de que empiece a consumirse. */
  antes?: (publicar: (...mensajes: Mensaje[]) => Promise<void>) => Promise<void>
}>

/** Las notificaciones de verdad con su broker embebido, en una carpeta. */
export const abrirNotificaciones = async ({
  carpeta,
  api,
  smtpUrl,
  bitacora,
  entorno,
  registro,
  antes,
}: Partes): Promise<BancoDeNotificaciones> => {
  const almacen = await abrirAlmacenSqlite({ carpeta, entorno, migraciones: [migracionesEmbebido, migracionesEsquemas] })
  const broker = await abrirBrokerEmbebido({ almacen, entorno, conservarMs: Number.POSITIVE_INFINITY, alFallar: () => {} })
  const esquemas = await registroDeEsquemas({ almacen, reloj: entorno.reloj })
  await esquemas.registrar(EventosReserva)
  const publicar = (...mensajes: Mensaje[]): Promise<void> => almacen.ejecutar((tx) => broker.publicar(tx, mensajes))
  await antes?.(publicar)
  const correos = await abrirAlmacenDeCorreos({ datos: carpeta, entorno })
  const notificaciones = await crearNotificaciones({
    broker,
    esquemas,
    almacen: correos,
    api,
    firmar: ({ rol, id }) => `${rol}:${id}`,
    smtpUrl: async () => smtpUrl,
    bitacora,
    entorno,
    pagina: 'http://127.0.0.1:5678',
    ...(registro && { registro }),
  })
  return {
    ...notificaciones,
    almacen,
    broker,
    publicar,
    detener: async () => {
      await notificaciones.detener()
      await correos.cerrar()
      await broker.cerrar()
      await almacen.cerrar()
    },
  }
}

type DatosDeHecho = Readonly<{ id: string; id_reserva: string; tipo?: Hecho; version?: number; motivo?: string | null; instante?: number }>

/** Un hecho de una reserva, como lo publica la API. */
export const hecho = ({
  id,
  id_reserva,
  tipo = 'ReservaCreada',
  version = 1,
  motivo = null,
  instante = Date.now(),
}: DatosDeHecho): Mensaje =>
  EventosReserva.escribir({
    tipo,
    data: {
      id_reserva,
      id_cliente: 'None',
      estado: 'PENDIENTE',
      fecha_creacion: instante,
      version,
      fecha_actualizacion: instante,
      motivo,
    },
    atributos: { id, instante, sujeto: id_reserva, correlacion: id, causa: id, actor: 'anonimo', propietario: '' },
  })
