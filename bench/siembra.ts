import { leerPedido, reservas, resumirReserva } from 'aeroalpes-api/modulos/vuelos/index.ts'
import { ANONIMO } from 'seedwork/aplicacion/actor.ts'
import type { Tx } from 'seedwork/infraestructura/almacen/puerto.ts'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { abrirAlmacen } from './composicion.ts'
import { PEDIDO, VIAJEROS } from './peticiones.ts'

const POR_UNIDAD = 2_000
const MUESTRA = 1_000
const PAGINA = 50

/** `muestra`: identificadores repartidos por toda la tabla. `antesDelFinal`: el que precede a la última página, la más vieja. */
export type Sembrado = Readonly<{ muestra: readonly string[]; antesDelFinal: string }>

/** Deja en la carpeta un almacén con `cuantas` reservas y su resumen, escritas por el repositorio de verdad y sin mensajes. */
export const sembrar = async (carpeta: string, cuantas: number): Promise<Sembrado> => {
  const almacen = await abrirAlmacen(carpeta)
  const ids = Array.from({ length: cuantas }, entornoReal.ids)
  for (let desde = 0; desde < cuantas; desde += POR_UNIDAD)
    await almacen.ejecutar(async (tx) => {
      for (const [i, id] of ids.slice(desde, desde + POR_UNIDAD).entries()) await agregar(tx, id, VIAJEROS[i % VIAJEROS.length] as string)
    })
  await almacen.cerrar()
  const paso = Math.max(1, Math.floor(cuantas / MUESTRA))
  return { muestra: ids.filter((_, i) => i % paso === 0), antesDelFinal: ids[PAGINA] as string }
}

const { itinerarios, pasajeros } = leerPedido(PEDIDO)

const agregar = async (tx: Tx, id: string, id_cliente: string): Promise<void> => {
  const { reloj, ids } = entornoReal
  const fecha_creacion = reloj.ahora()
  const fechas = { fecha_creacion, fecha_actualizacion: fecha_creacion }
  await reservas.agregar(tx, { id, id_cliente, version: 1, estado: 'PENDIENTE', itinerarios, pasajeros, ...fechas })
  const contexto = { tx, reloj, ids, origen: { actor: ANONIMO, correlacion: 'siembra', causa: 'siembra' } }
  const data = { id_reserva: id, id_cliente, estado: 'PENDIENTE', fecha_creacion } as const
  await resumirReserva(contexto, { tipo: 'ReservaCreada', version: 1, data })
}
