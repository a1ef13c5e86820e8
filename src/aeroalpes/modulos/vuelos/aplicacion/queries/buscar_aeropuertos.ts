import { query, type Respondedor } from 'seedwork/aplicacion/mensajes.ts'
import Type, { type Static } from 'typebox'
import type { Aeropuertos, Lugar } from '../../dominio/aeropuertos.ts'

export const AeropuertoEncontradoJson = Type.Object({
  codigo: Type.String({ examples: ['BOG'] }),
  nombre: Type.String(),
  ciudad: Type.String(),
  pais: Type.String({ description: 'ISO 3166-1, dos letras.' }),
  zona: Type.String({ description: 'Zona IANA.' }),
})

/** Los aeropuertos que casan con un texto, el mejor primero: por código, ciudad o nombre, con tildes o sin ellas. */
export const BuscarAeropuertos = query<Readonly<{ texto: string; limite: number }>, readonly Lugar[]>()('BuscarAeropuertos')

export const buscarAeropuertos =
  (aeropuertos: Aeropuertos): Respondedor<typeof BuscarAeropuertos> =>
  async (_, { texto, limite }) =>
    aeropuertos.buscar(texto, limite)

export const aeropuertoEncontradoAJson = ({ codigo, nombre, ciudad, pais, zona }: Lugar): Static<typeof AeropuertoEncontradoJson> => ({
  codigo,
  nombre,
  ciudad,
  pais,
  zona,
})
