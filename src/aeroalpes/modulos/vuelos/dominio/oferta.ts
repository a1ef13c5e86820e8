import { ErrorDominio } from 'seedwork/dominio/errores.ts'
import type { Instante } from 'seedwork/dominio/instante.ts'
import { regla } from 'seedwork/dominio/reglas.ts'
import type { Moneda } from './dinero.ts'
import { MINUTO_MS } from './horas.ts'
import type { Clase, TipoPasajero } from './objetos_valor.ts'
import type { Viajeros } from './precio.ts'
import type { RefVuelo } from './red/horarios.ts'

/** Cuánto se sostiene el precio de una oferta. */
export const VIGENCIA_MS = 15 * MINUTO_MS

/** Lo que promete una oferta: esos vuelos, a esa hora, por ese total, hasta que vence. Va entera y firmada en su identificador. */
export type Oferta = Readonly<{
  emitida: Instante
  clase: Clase
  moneda: Moneda
  viajeros: Viajeros
  total: number
  odos: readonly (readonly (RefVuelo & Readonly<{ salida: Instante }>)[])[]
}>

/** Firma y lee ofertas. Sólo este servicio puede escribir una. */
export type Ofertas = Readonly<{
  firmar: (oferta: Oferta) => string
  /** Lanza `oferta_invalida` (422) si no la firmó este servicio. */
  leer: (id_oferta: string) => Oferta
}>

export type Contacto = Readonly<{ nombre: string; correo: string; idioma: 'es' | 'en' }>
export type Viajero = Readonly<{ nombre: string; apellido: string; tipo: TipoPasajero }>

/** Lo que se pide al reservar una oferta. */
export type Compra = Readonly<{ id_oferta: string; viajeros: readonly Viajero[]; contacto: Contacto }>

export const vence_en = ({ emitida }: Pick<Oferta, 'emitida'>): Instante => emitida + VIGENCIA_MS

export const OfertaVigente = regla<Readonly<{ oferta: Oferta; ahora: Instante }>>(
  'OfertaVigente',
  {
    es: 'La oferta venció: los precios se sostienen 15 minutos. Busca de nuevo para ver los de ahora',
    en: 'The offer has expired: prices are held for 15 minutes. Search again to see the current ones',
  },
  ({ oferta, ahora }) => ahora < vence_en(oferta),
)

export const OfertaSinCambios = regla<boolean>(
  'OfertaSinCambios',
  {
    es: 'El precio o el horario de la oferta cambió. Busca de nuevo antes de reservar',
    en: 'The price or the schedule of the offer has changed. Search again before booking',
  },
  (igual) => igual,
)

export const AsientosDisponibles = regla<boolean>(
  'AsientosDisponibles',
  {
    es: 'Ya no quedan asientos suficientes en uno de los vuelos',
    en: 'There are no longer enough seats on one of the flights',
  },
  (alcanzan) => alcanzan,
)

const cuantos = (viajeros: readonly Viajero[], tipo: TipoPasajero): number => viajeros.filter((uno) => uno.tipo === tipo).length

export const PasajerosDeLaOferta = regla<Readonly<{ oferta: Oferta; viajeros: readonly Viajero[] }>>(
  'PasajerosDeLaOferta',
  {
    es: 'Los pasajeros no son los que cotiza la oferta',
    en: 'The passengers are not those the offer was quoted for',
  },
  ({ oferta, viajeros }) =>
    cuantos(viajeros, 'ADULTO') === oferta.viajeros.adultos &&
    cuantos(viajeros, 'MENOR') === oferta.viajeros.menores &&
    cuantos(viajeros, 'INFANTE') === oferta.viajeros.infantes,
)

export const oferta_invalida = (): ErrorDominio => {
  const texto = {
    es: 'Esa oferta no es de las que damos. Busca de nuevo.',
    en: 'This offer is not one of ours. Search again.',
  }
  return new ErrorDominio({ codigo: 'oferta_invalida', clase: 'invalido', texto, errores: [{ puntero: '/id_oferta', texto }] })
}
