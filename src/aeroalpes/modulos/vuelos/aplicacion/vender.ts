import type { Instante } from 'seedwork/dominio/instante.ts'
import { exigir } from 'seedwork/dominio/reglas.ts'
import type { Tx } from 'seedwork/infraestructura/almacen/puerto.ts'
import type { Lugar } from '../dominio/aeropuertos.ts'
import { condiciones_de } from '../dominio/condiciones.ts'
import type { Venta } from '../dominio/entidades.ts'
import { type Horas, texto_local } from '../dominio/horas.ts'
import { localizador_de } from '../dominio/localizador.ts'
import type { Aeropuerto, Itinerario, Leg, Pasajero } from '../dominio/objetos_valor.ts'
import {
  AsientosDisponibles,
  type Compra,
  type Oferta,
  OfertaSinCambios,
  type Ofertas,
  OfertaVigente,
  PasajerosDeLaOferta,
} from '../dominio/oferta.ts'
import { asientos_de, type Precio, sumar_precios } from '../dominio/precio.ts'
import type { Cotizado, Proveedor } from '../dominio/proveedor.ts'
import type { Opcion } from '../dominio/red/conexiones.ts'
import type { VueloProgramado } from '../dominio/red/horarios.ts'
import { validarNueva } from '../dominio/reglas.ts'
import type { Asientos, Contactos, Proveedores, Reservas } from '../dominio/repositorios.ts'

/** Lo que se reserva: los itinerarios que alguien dicta, como en el tutorial, o la oferta que compra. */
export type PedidoDeReserva = Readonly<{ itinerarios: readonly Itinerario[]; pasajeros: readonly Pasajero[]; compra?: Compra }>

/** Lo que hace falta para vender una oferta. */
export type Ventas = Readonly<{ ofertas: Ofertas; proveedores: Proveedores; horas: Horas; asientos: Asientos; contactos: Contactos }>

/** Lo que una oferta le da a la reserva. */
export type Vendido = Readonly<{ itinerarios: readonly Itinerario[]; pasajeros: readonly Pasajero[]; venta: Venta }>

/** La oferta de una compra que, sin mirar lo guardado, se puede hacer. Lanza `oferta_invalida`, `OfertaVigente` o `PasajerosDeLaOferta`. */
export const comprobarCompra = (ofertas: Ofertas, { id_oferta, viajeros }: Compra, ahora: Instante): Oferta => {
  const oferta = ofertas.leer(id_oferta)
  exigir(OfertaVigente, { oferta, ahora })
  exigir(PasajerosDeLaOferta, { oferta, viajeros })
  return oferta
}

/** Lo que se sabe de un pedido sin mirar lo guardado: lanza la primera regla que rompe. */
export const comprobarPedido = (ofertas: Ofertas, pedido: PedidoDeReserva, ahora: Instante): void => {
  if (pedido.compra === undefined) validarNueva(pedido)
  else comprobarCompra(ofertas, pedido.compra, ahora)
}

type OdoElegido = Readonly<{ opcion: Opcion; proveedor: Proveedor }>

/** Los vuelos que la oferta nombra, si siguen operando a la misma hora. Si no, rompe `OfertaSinCambios`. */
const reencontrar = (proveedores: Proveedores, { odos }: Oferta): readonly OdoElegido[] =>
  odos.map((refs) => {
    const hallados = refs.flatMap((ref) => {
      const proveedor = proveedores.obtener_por_codigo(ref.aerolinea)
      const vuelo = proveedor?.obtener_vuelo(ref)
      return proveedor === undefined || vuelo === undefined || vuelo.salida !== ref.salida ? [] : [{ proveedor, vuelo }]
    })
    const [primero, ...demas] = hallados
    exigir(OfertaSinCambios, hallados.length === refs.length)
    if (primero === undefined) throw new RangeError('Una oferta sin vuelos no se firma')
    return { proveedor: primero.proveedor, opcion: [primero.vuelo, ...demas.map(({ vuelo }) => vuelo)] }
  })

const cotizar = async (tx: Tx, { asientos }: Ventas, oferta: Oferta, odos: readonly OdoElegido[]): Promise<readonly Cotizado[]> => {
  const llaves = odos.flatMap(({ opcion, proveedor }) => proveedor.llaves(opcion, oferta.clase))
  const vendidos = await asientos.vendidos(tx, llaves)
  return odos.map(({ opcion, proveedor }) => proveedor.cotizar(opcion, { ...oferta, vendidos }))
}

/** Los asientos salen de la venta o nadie los tiene. Primero se mira si alcanzan y después si valen lo mismo. */
const tomarAsientos = async (tx: Tx, { asientos }: Ventas, oferta: Oferta, cotizados: readonly Cotizado[]): Promise<Precio> => {
  const cuantos = asientos_de(oferta.viajeros)
  exigir(
    AsientosDisponibles,
    cotizados.every((cotizado) => cotizado.asientos >= cuantos),
  )
  const precio = cotizados.map((cotizado) => cotizado.precio).reduce(sumar_precios)
  exigir(OfertaSinCambios, precio.total === oferta.total)
  for (const cabina of cotizados.flatMap(({ cabinas }) => cabinas)) exigir(AsientosDisponibles, await asientos.tomar(tx, cabina, cuantos))
  return precio
}

const libre = async (tx: Tx, reservas: Reservas, id_reserva: string): Promise<string> => {
  for (let intento = 0; ; intento++) {
    const candidato = localizador_de(id_reserva, intento)
    if ((await reservas.por_localizador(tx, candidato)) === undefined) return candidato
  }
}

/**
 * Vende la oferta a la reserva, en su `tx`: comprueba que sigue en pie, toma los asientos y guarda el contacto. Lanza una de sus reglas
 * (`OfertaVigente`, `PasajerosDeLaOferta`, `OfertaSinCambios`, `AsientosDisponibles`) y entonces no quedó nada.
 */
export const vender = async (
  { tx, reservas, ventas }: Readonly<{ tx: Tx; reservas: Reservas; ventas: Ventas }>,
  { id_reserva, compra, ahora }: Readonly<{ id_reserva: string; compra: Compra; ahora: Instante }>,
): Promise<Vendido> => {
  const oferta = comprobarCompra(ventas.ofertas, compra, ahora)
  const odos = reencontrar(ventas.proveedores, oferta)
  const precio = await tomarAsientos(tx, ventas, oferta, await cotizar(tx, ventas, oferta, odos))
  await ventas.contactos.agregar(tx, id_reserva, compra.contacto)
  const aerolineas = odos.flatMap(({ opcion }) => opcion.map(({ aerolinea }) => aerolinea))
  const localizador = await libre(tx, reservas, id_reserva)
  return {
    itinerarios: [{ odos: odos.map((odo) => ({ segmentos: [{ legs: legsDe(odo, oferta, ventas.horas) }] })) }],
    pasajeros: compra.viajeros.map((viajero) => ({ ...viajero, clase: oferta.clase })),
    venta: { localizador, precio, condiciones: condiciones_de(aerolineas, oferta) },
  }
}

const legsDe = ({ opcion, proveedor }: OdoElegido, { clase }: Oferta, horas: Horas): readonly Leg[] => {
  const llaves = proveedor.llaves(opcion, clase)
  return opcion.map((vuelo, i) => legDe(vuelo, llaves[i] ?? '', horas))
}

/** Las horas locales se guardan como son al vender: si la zona cambia sus reglas después, lo vendido no se mueve. */
const legDe = ({ numero, aerolinea, origen, destino, salida, llegada }: VueloProgramado, cabina: string, horas: Horas): Leg => ({
  fecha_salida: salida,
  fecha_llegada: llegada,
  origen: aeropuertoDe(origen),
  destino: aeropuertoDe(destino),
  vuelo: {
    numero,
    aerolinea: { codigo: aerolinea.codigo, nombre: aerolinea.nombre },
    cabina,
    salida_local: texto_local(horas.aLocal(origen.zona, salida)),
    llegada_local: texto_local(horas.aLocal(destino.zona, llegada)),
  },
})

const aeropuertoDe = ({ codigo, nombre, ciudad, zona }: Lugar): Aeropuerto => ({ codigo, nombre, ciudad, zona })
