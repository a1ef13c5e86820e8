import type { Ejecutor } from 'seedwork/aplicacion/ejecutor.ts'
import { esInstante, type Instante } from 'seedwork/dominio/instante.ts'
import type { Tx } from 'seedwork/infraestructura/almacen/puerto.ts'
import type { Efecto } from 'seedwork/infraestructura/consumo/idempotencia.ts'
import type { EnCurso } from 'seedwork/infraestructura/consumo/paso.ts'
import { MensajeIndescifrable } from 'seedwork/infraestructura/mensajes/indescifrable.ts'
import type { EsquemasConocidos } from 'seedwork/infraestructura/mensajes/lectura.ts'
import type { MensajeDe } from 'seedwork/infraestructura/mensajes/topico.ts'
import {
  AprobarReserva,
  CancelarReserva,
  type ComandoVuelos,
  CrearReserva,
  PagarReserva,
  type QueryVuelos,
} from '../aplicacion/handlers.ts'
import {
  type Aeropuerto,
  type Clase,
  ID_RESERVA,
  type Itinerario,
  type Leg,
  type Pasajero,
  type TipoPasajero,
} from '../dominio/objetos_valor.ts'
import { ComandosReserva } from './schema/v1/comandos.ts'

type Vuelos = Pick<Ejecutor<ComandoVuelos, QueryVuelos>, 'atender'>
type Mensaje = MensajeDe<typeof ComandosReserva>
type CuerpoDe<T extends Mensaje['tipo']> = Extract<Mensaje, { tipo: T }>['cuerpo']

/** Convierte cada mensaje de `comandos-reserva` en su comando y lo cumple: el mismo manejador que sirve a la ruta síncrona. */
export const atenderComandos =
  (vuelos: Vuelos, esquemas: EsquemasConocidos): Efecto =>
  (tx, enCurso) =>
    atender(vuelos, tx, enCurso, ComandosReserva.leer(enCurso.entrega.mensaje, esquemas))

const atender = (vuelos: Vuelos, tx: Tx, enCurso: EnCurso, { tipo, cuerpo }: Mensaje): Promise<void> => {
  const id_reserva = dado(ID_RESERVA.test(cuerpo.id_reserva ?? '') ? cuerpo.id_reserva : null, 'id_reserva')
  const mensaje = { ...enCurso, sujeto: id_reserva }
  switch (tipo) {
    case 'CrearReserva':
      return vuelos.atender(tx, CrearReserva, { id_reserva, ...leerPedido(cuerpo) }, mensaje)
    case 'AprobarReserva':
      return vuelos.atender(tx, AprobarReserva, { id_reserva }, mensaje)
    case 'PagarReserva':
      return vuelos.atender(tx, PagarReserva, { id_reserva }, mensaje)
    case 'CancelarReserva':
      return vuelos.atender(tx, CancelarReserva, { id_reserva, motivo: dado(cuerpo.motivo, 'motivo') }, mensaje)
    default:
      return tipo satisfies never
  }
}

const leerPedido = ({ itinerarios, pasajeros }: CuerpoDe<'CrearReserva'>): { itinerarios: Itinerario[]; pasajeros: Pasajero[] } => ({
  itinerarios: (itinerarios ?? []).map(({ odos }) => ({
    odos: (odos ?? []).map(({ segmentos }) => ({ segmentos: (segmentos ?? []).map(({ legs }) => ({ legs: (legs ?? []).map(leerLeg) })) })),
  })),
  pasajeros: (pasajeros ?? []).map(({ nombre, tipo, clase }) => ({
    nombre,
    tipo: uno(TIPOS, tipo, 'tipo'),
    clase: uno(CLASES, clase, 'clase'),
  })),
})

const leerLeg = ({ fecha_salida, fecha_llegada, origen, destino }: { readonly [K in keyof Leg]: LegLeido[K] }): Leg => ({
  fecha_salida: instante(fecha_salida, 'fecha_salida'),
  fecha_llegada: instante(fecha_llegada, 'fecha_llegada'),
  origen: leerAeropuerto(origen),
  destino: leerAeropuerto(destino),
})

type AeropuertoLeido = Readonly<{ codigo: string | null; nombre: string | null }> | null
type LegLeido = { fecha_salida: number | null; fecha_llegada: number | null; origen: AeropuertoLeido; destino: AeropuertoLeido }

const leerAeropuerto = (aeropuerto: AeropuertoLeido): Aeropuerto => {
  const { codigo, nombre } = dado(aeropuerto, 'aeropuerto')
  return { codigo: dado(codigo, 'codigo'), nombre }
}

const TIPOS: readonly TipoPasajero[] = ['ADULTO', 'MENOR', 'INFANTE']
const CLASES: readonly Clase[] = ['ECONOMICA', 'PREMIUM', 'EJECUTIVA', 'PRIMERA']

const uno = <T extends string>(valores: readonly T[], valor: string | null, campo: string): T =>
  dado(valores.find((v) => v === valor) ?? null, campo)

/** Un long de Avro puede no caber en una fecha: guardado, no se podría volver a leer. */
const instante = (valor: number | null, campo: string): Instante => dado(valor !== null && esInstante(valor) ? valor : null, campo)

/** En Avro todo puede ser null; aquí, lo que el comando necesita no. */
const dado = <T>(valor: T | null, campo: string): T => {
  if (valor === null) throw new MensajeIndescifrable({ es: `le falta «${campo}» o no es válido`, en: `"${campo}" is missing or not valid` })
  return valor
}
