import { type DatoInvalido, ErrorDominio, type Texto } from 'seedwork/dominio/errores.ts'
import type { Instante } from 'seedwork/dominio/instante.ts'
import type { Aeropuertos, Lugar } from './aeropuertos.ts'
import { type Dia, dia_de_texto, type Horas } from './horas.ts'
import { cuantos_viajan, type Viajeros } from './precio.ts'
import type { OdoBuscado } from './proveedor.ts'

export const PASAJEROS_MAXIMOS = 9
export const ANTICIPACION_MAXIMA_DIAS = 330

/** Lo que alguien pide buscar, sin comprobar. Cada tramo dice de qué datos del pedido sale, para poder señalarlos. */
export type TramoPedido = Readonly<{
  origen: string
  destino: string
  fecha: string
  de: Readonly<Record<'origen' | 'destino' | 'fecha', string>>
}>
export type BusquedaPedida = Readonly<{ tramos: readonly TramoPedido[]; viajeros: Viajeros }>

type Contexto = Readonly<{ aeropuertos: Aeropuertos; horas: Horas; ahora: Instante }>
type Falta = DatoInvalido | false

const falta = (cuando: boolean, campo: string, es: string, en: string): Falta => cuando && { puntero: `/${campo}`, texto: { es, en } }

const faltasDeViajeros = (viajeros: Viajeros): readonly Falta[] => [
  falta(viajeros.adultos === 0, 'adultos', 'Debe viajar al menos un adulto.', 'At least one adult must travel.'),
  falta(
    cuantos_viajan(viajeros) > PASAJEROS_MAXIMOS,
    'adultos',
    `Se puede reservar para ${PASAJEROS_MAXIMOS} pasajeros como mucho; para grupos más grandes haz varias reservas.`,
    `You can book for up to ${PASAJEROS_MAXIMOS} passengers; for larger groups make several bookings.`,
  ),
  falta(
    viajeros.adultos > 0 && viajeros.infantes > viajeros.adultos,
    'infantes',
    'No puede haber más infantes que adultos: cada uno viaja en brazos de un adulto.',
    'There cannot be more infants than adults: each one travels on an adult’s lap.',
  ),
]

const faltasDeLugar = (codigo: string, lugar: Lugar | undefined, campo: string): Falta =>
  falta(lugar === undefined, campo, `No conocemos el aeropuerto «${codigo}».`, `We do not know the airport “${codigo}”.`)

const faltasDeFecha = ({ fecha, de }: TramoPedido, dia: Dia | undefined, hoy: Dia): readonly Falta[] => [
  falta(fecha === '', de.fecha, 'Falta decir qué día.', 'The day is missing.'),
  falta(fecha !== '' && dia === undefined, de.fecha, 'Esa fecha no existe.', 'That date does not exist.'),
  falta(dia !== undefined && dia < hoy, de.fecha, 'Esa fecha ya pasó.', 'That date is in the past.'),
  falta(
    dia !== undefined && dia > hoy + ANTICIPACION_MAXIMA_DIAS,
    de.fecha,
    `Sólo se venden vuelos con hasta ${ANTICIPACION_MAXIMA_DIAS} días de anticipación.`,
    `Flights are sold up to ${ANTICIPACION_MAXIMA_DIAS} days in advance.`,
  ),
]

type TramoLeido = Readonly<{ pedido: TramoPedido; origen: Lugar | undefined; destino: Lugar | undefined; dia: Dia | undefined }>

const faltasDeTramo = ({ pedido, origen, destino, dia }: TramoLeido, { horas, ahora }: Contexto): readonly Falta[] => [
  faltasDeLugar(pedido.origen, origen, pedido.de.origen),
  faltasDeLugar(pedido.destino, destino, pedido.de.destino),
  falta(
    origen !== undefined && origen === destino,
    pedido.de.destino,
    'El origen y el destino son el mismo aeropuerto.',
    'The origin and the destination are the same airport.',
  ),
  ...faltasDeFecha(pedido, dia, horas.aLocal(origen?.zona ?? 'UTC', ahora).dia),
]

const faltasDeOrden = (tramos: readonly TramoLeido[]): readonly Falta[] =>
  tramos.map(({ pedido, dia }, i) =>
    falta(
      (dia ?? Number.POSITIVE_INFINITY) < (tramos[i - 1]?.dia ?? Number.NEGATIVE_INFINITY),
      pedido.de.fecha,
      'El regreso no puede ser antes de la ida.',
      'The return cannot be before the departure.',
    ),
  )

/** Lo que falla, con una frase para cada cosa; la primera es la del error entero. */
const busquedaInvalida = (errores: readonly [DatoInvalido, ...DatoInvalido[]]): ErrorDominio => {
  const texto: Texto = errores[0].texto
  return new ErrorDominio({ codigo: 'busqueda_invalida', clase: 'invalido', texto, errores })
}

/** Los odos que se buscan. Lanza `busqueda_invalida` (422) con cada dato que no tiene sentido y su propia frase. */
export const validar_busqueda = ({ tramos, viajeros }: BusquedaPedida, contexto: Contexto): readonly OdoBuscado[] => {
  const leidos = tramos.map((pedido) => ({
    pedido,
    origen: contexto.aeropuertos.porCodigo(pedido.origen),
    destino: contexto.aeropuertos.porCodigo(pedido.destino),
    dia: dia_de_texto(pedido.fecha),
  }))
  const faltas = [...leidos.flatMap((leido) => faltasDeTramo(leido, contexto)), ...faltasDeOrden(leidos), ...faltasDeViajeros(viajeros)]
  const [primera, ...demas] = faltas.filter((una) => una !== false)
  if (primera !== undefined) throw busquedaInvalida([primera, ...demas])
  return leidos.flatMap(({ origen, destino, dia }) =>
    origen === undefined || destino === undefined || dia === undefined ? [] : [{ origen, destino, dia }],
  )
}
