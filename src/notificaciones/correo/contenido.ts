import {
  type CondicionesLeidas,
  type ContactoLeido,
  type LegLeido,
  type LugarLeido,
  type PrecioLeido,
  type ReservaLeida,
  seCobro,
  viajesDe,
} from '../reserva.ts'
import { ciudadDe, dinero, duracion, type HoraDeLugar, llegadaDe, marcaDeDias, minutosEntre, salidaDe } from './formato.ts'
import { type Hecho, type Idioma, TEXTOS, type Textos } from './textos.ts'

/** El hecho que se cuenta. `version` es la que quedó en la reserva. */
export type HechoDeReserva = Readonly<{ id: string; tipo: Hecho; version: number; instante: number; motivo: string | null }>

/** De qué sale un correo. `pagina` es la dirección de la interfaz, sin barra final. */
export type ParaCorreo = Readonly<{ reserva: ReservaLeida; evento: HechoDeReserva; contacto: ContactoLeido; pagina: string }>

export type Parada = HoraDeLugar & Readonly<{ codigo: string; ciudad: string }>

export type Tramo = Readonly<{
  /** La escala que lo precede. */
  escala: string | null
  vuelo: string
  duracion: string
  salida: Parada
  /** `marca` es el `+1` que se ve y `marcaLeida` cómo se dice. */
  llegada: Parada & Readonly<{ marca: string; marcaLeida: string }>
}>

/** Todo lo que el correo dice, ya en palabras: el texto y el HTML sólo lo disponen. */
export type Contenido = Readonly<{
  idioma: Idioma
  asunto: string
  hecho: Hecho
  estado: string
  titulo: string
  parrafos: readonly string[]
  localizador: string | null
  viajes: readonly Readonly<{ ruta: string; tramos: readonly Tramo[] }>[]
  pasajeros: readonly string[]
  precio: readonly (readonly [etiqueta: string, valor: string])[]
  condiciones: readonly string[]
  enlace: string
  pie: readonly string[]
}>

export const contenidoDe = ({ reserva, evento, contacto, pagina }: ParaCorreo): Contenido => {
  const { idioma } = contacto
  const textos = TEXTOS[idioma]
  const hecho = textos.hechos[evento.tipo]
  const localizador = reserva.localizador ?? null
  // De una reserva cancelada sin pagar, el precio sólo confundiría.
  const vendida = evento.tipo === 'ReservaCancelada' && !seCobro(reserva) ? { ...reserva, precio: null, condiciones: null } : reserva
  const viajes = viajesDe(reserva).map((legs) => ({ ruta: rutaDe(legs), tramos: tramosDe(legs, idioma) }))
  const asunto = hecho.asunto(viajes[0]?.ruta ?? reserva.id)
  return {
    idioma,
    asunto: localizador === null ? asunto : `${localizador} · ${asunto}`,
    hecho: evento.tipo,
    estado: hecho.estado,
    titulo: hecho.titulo,
    parrafos: [textos.saludo(contacto.nombre), hecho.texto, ...alCancelar({ reserva, evento }, idioma)],
    localizador,
    viajes,
    pasajeros: pasajerosDe(reserva, textos),
    precio: precioDe(vendida.precio ?? null, idioma),
    condiciones: condicionesDe(vendida, idioma),
    enlace: `${pagina}/reserva/${encodeURIComponent(reserva.id)}`,
    pie: [textos.referencia(reserva.id), textos.automatico],
  }
}

const rutaDe = (legs: readonly LegLeido[]): string => {
  const [primero, ultimo] = [legs[0], legs.at(-1)]
  return primero && ultimo ? `${ciudadDe(primero.origen)} → ${ciudadDe(ultimo.destino)}` : ''
}

const tramosDe = (legs: readonly LegLeido[], idioma: Idioma): readonly Tramo[] =>
  legs.map((leg, i) => {
    const [salida, llegada] = [salidaDe(leg, idioma), llegadaDe(leg, idioma)]
    const marca = marcaDeDias(salida, llegada)
    return {
      escala: escalaTras(legs[i - 1], leg, TEXTOS[idioma]),
      vuelo: [leg.vuelo, leg.aerolinea?.nombre].filter((parte) => parte != null).join(' · ') || TEXTOS[idioma].vuelo,
      duracion: duracion(minutosEntre(leg.fecha_salida, leg.fecha_llegada)),
      salida: parada(leg.origen, salida, idioma),
      llegada: {
        ...parada(leg.destino, llegada, idioma),
        marca,
        marcaLeida: marca === '' ? '' : TEXTOS[idioma].otroDia(llegada.dia - salida.dia),
      },
    }
  })

const parada = (lugar: LugarLeido, hora: HoraDeLugar, idioma: Idioma): Parada => ({
  ...hora,
  zona: hora.zona === 'UTC' ? hora.zona : TEXTOS[idioma].horaLocal(hora.zona),
  codigo: lugar.codigo,
  ciudad: ciudadDe(lugar),
})

const escalaTras = (anterior: LegLeido | undefined, leg: LegLeido, textos: Textos): string | null =>
  anterior === undefined ? null : textos.escala(ciudadDe(leg.origen), duracion(minutosEntre(anterior.fecha_llegada, leg.fecha_salida)))

/** Por qué se canceló, en el idioma de quien lee si la reserva lo trae, y qué pasa con su dinero. */
const alCancelar = ({ reserva, evento }: Pick<ParaCorreo, 'reserva' | 'evento'>, idioma: Idioma): readonly string[] => {
  if (evento.tipo !== 'ReservaCancelada') return []
  const paso = reserva.linea_de_tiempo?.find(({ paso }) => paso === 'cancelada')
  const motivo = paso?.detalle?.[idioma] ?? evento.motivo
  const { motivo: porque, seDevuelve, sinCobro } = TEXTOS[idioma]
  return [...(motivo === null ? [] : [porque(conPunto(motivo))]), seCobro(reserva) ? seDevuelve : sinCobro]
}

const conPunto = (frase: string): string => (/[.!?]$/.test(frase) ? frase : `${frase}.`)

const pasajerosDe = ({ pasajeros }: ReservaLeida, textos: Textos): readonly string[] =>
  pasajeros.map(({ nombre, apellido, tipo, clase }) => {
    const quien = [nombre, apellido].filter((parte) => parte != null && parte !== '').join(' ')
    const como = `${textos.tipos[tipo] ?? tipo} · ${textos.clases[clase] ?? clase}`
    return quien === '' ? como : `${quien} · ${como}`
  })

const precioDe = (precio: PrecioLeido | null, idioma: Idioma): Contenido['precio'] => {
  if (precio === null) return []
  const { base, impuestos, total } = TEXTOS[idioma]
  const filas = [
    [base, precio.base],
    [impuestos, precio.impuestos],
    [total, precio.total],
  ] as const
  return filas.map(([etiqueta, valor]) => [etiqueta, dinero({ moneda: precio.moneda, total: valor }, idioma)])
}

const condicionesDe = ({ condiciones, precio }: ReservaLeida, idioma: Idioma): readonly string[] =>
  condiciones == null ? [] : [reembolsoDe(condiciones, precio ?? null, idioma), cambiosDe(condiciones, TEXTOS[idioma])]

const reembolsoDe = ({ reembolso_porcentaje, penalidad }: CondicionesLeidas, precio: PrecioLeido | null, idioma: Idioma): string => {
  if (reembolso_porcentaje <= 0) return TEXTOS[idioma].sinReembolso
  const menos = penalidad > 0 && precio !== null ? dinero({ moneda: precio.moneda, total: penalidad }, idioma) : null
  return TEXTOS[idioma].reembolso(reembolso_porcentaje, menos)
}

const cambiosDe = ({ cambios }: CondicionesLeidas, { cambios: admite, sinCambios }: Textos): string => (cambios ? admite : sinCambios)
