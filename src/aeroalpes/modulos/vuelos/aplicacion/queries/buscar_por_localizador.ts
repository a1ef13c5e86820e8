import { query, type Respondedor } from 'seedwork/aplicacion/mensajes.ts'
import { noEncontrado } from 'seedwork/dominio/errores.ts'
import { sin_tildes } from '../../dominio/aeropuertos.ts'
import type { Reserva } from '../../dominio/entidades.ts'
import type { Reservas } from '../../dominio/repositorios.ts'

/** La reserva de quien recuerda su localizador y el apellido de un pasajero. Otra cosa lanza `localizador_no_encontrado`. */
export const BuscarPorLocalizador = query<Readonly<{ localizador: string; apellido: string }>, Reserva>()('BuscarPorLocalizador')

export const buscarPorLocalizador =
  (reservas: Pick<Reservas, 'desde_localizador'>): Respondedor<typeof BuscarPorLocalizador> =>
  async ({ lector }, { localizador, apellido }) => {
    const pedido = localizador.toUpperCase()
    const reserva = await reservas.desde_localizador(lector, pedido)
    const buscado = sin_tildes(apellido)
    // Se compara también cuando es otra: cuánto se tarda no dice si el localizador existe.
    const coincide = reserva?.pasajeros.map((pasajero) => sin_tildes(pasajero.apellido ?? '')).includes(buscado) ?? false
    if (reserva === undefined || reserva.venta?.localizador !== pedido || buscado === '' || !coincide) throw localizadorNoEncontrado()
    return reserva
  }

/** No dice cuál de los dos está mal: adivinar uno no sirve para adivinar el otro. */
const localizadorNoEncontrado = () =>
  noEncontrado('localizador_no_encontrado', {
    es: 'No hay una reserva con ese localizador y ese apellido.',
    en: 'There is no reservation with that locator and surname.',
  })
