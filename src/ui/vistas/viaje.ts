import { buscarVuelos } from './api.ts'
import type { Oferta, Resultados } from './tipos.ts'

/** Lo que alguien eligió y la búsqueda de que salió: con ella se le puede poner precio otra vez. Dura lo que la pestaña. */
export type Viaje = Readonly<{ oferta: Oferta; busqueda: string }>

const LLAVE = 'viaje'

export const guardarViaje = (viaje: Viaje): void => sessionStorage.setItem(LLAVE, JSON.stringify(viaje))

export const leerViaje = (): Viaje | undefined => {
  const guardado = sessionStorage.getItem(LLAVE)
  return guardado === null ? undefined : JSON.parse(guardado)
}

/** Los códigos con que el servicio dice que esa oferta ya no vale, pero quizá haya otra por los mismos vuelos. */
export const OFERTA_VIEJA: readonly string[] = ['OfertaVigente', 'OfertaSinCambios', 'oferta_invalida']

const vuelosDe = ({ odos }: Oferta): string =>
  odos
    .flatMap(({ segmentos }) => segmentos.flatMap(({ legs }) => legs.map(({ vuelo, fecha_salida }) => `${vuelo} ${fecha_salida}`)))
    .join(' · ')

/** Páginas de cien: más allá no hay quien elija. */
const PAGINAS = 5

/** La oferta de ahora por esos mismos vuelos; `undefined` si ya no se ofrecen. Lanza `Problema`. */
export const recotizar = async ({ oferta, busqueda }: Viaje): Promise<Oferta | undefined> => {
  const pedido = new URLSearchParams(busqueda)
  pedido.set('tamano_pagina', '100')
  for (let pagina = 0; pagina < PAGINAS; pagina++) {
    const { itinerarios, siguiente }: Resultados = await buscarVuelos(pedido)
    const igual = itinerarios.find((otra) => vuelosDe(otra) === vuelosDe(oferta))
    if (igual !== undefined || siguiente === null) return igual
    pedido.set('token_pagina', siguiente)
  }
  return undefined
}

/** Lo escrito en el formulario, para no volver a escribirlo si hay que volver a él. Dura lo que la pestaña. */
export const guardarDatos = (datos: Readonly<Record<string, string>>): void => sessionStorage.setItem('datos', JSON.stringify(datos))
export const leerDatos = (): Readonly<Record<string, string>> => JSON.parse(sessionStorage.getItem('datos') ?? '{}')
