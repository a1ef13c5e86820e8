import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type, { type Static } from 'typebox'
import * as vuelos from '../modulos/vuelos/index.ts'
import type { Sistema } from '../sistema.ts'
import { leerTokenDeLugar, tokenDeLugar } from './paginacion.ts'

const AEROPUERTOS = 8
const ITINERARIOS = 20

const buscarAeropuertos = {
  tags: ['vuelos'],
  summary: 'Los aeropuertos que casan con un texto, el mejor primero',
  querystring: Type.Object({
    q: Type.String({ minLength: 1, maxLength: 80, description: 'Código, ciudad o nombre; con tildes o sin ellas.' }),
    limite: Type.Optional(Type.String({ pattern: '^([1-9]|[1-4][0-9]|50)$', description: 'De 1 a 50; 8 si falta.' })),
  }),
  response: { 200: Type.Array(vuelos.AeropuertoEncontradoJson) },
}

/** La lista de aeropuertos: no es de nadie y la ve cualquiera. */
export const rutasAeropuertos =
  ({ sistema }: { sistema: Sistema }): FastifyPluginAsyncTypebox =>
  async (api) => {
    api.get('/aeropuertos', { schema: buscarAeropuertos }, async (peticion) => {
      const { q: texto, limite } = peticion.query
      const datos = { texto, limite: limite === undefined ? AEROPUERTOS : Number(limite) }
      return (await sistema.consultar(vuelos.BuscarAeropuertos, datos, peticion.origen)).map(vuelos.aeropuertoEncontradoAJson)
    })
  }

const Codigo = Type.String({ minLength: 1, maxLength: 16, description: 'Código IATA.' })
const Fecha = Type.String({ minLength: 1, maxLength: 16, description: 'El día de salida, en hora del origen: 2026-12-10.' })
const Cuantos = Type.String({ pattern: '^[0-9]{1,3}$' })

const BusquedaJson = Type.Object({
  origen: Codigo,
  destino: Codigo,
  fecha: Fecha,
  regreso: Type.Optional(Fecha),
  origen_regreso: Type.Optional(Type.String({ ...Codigo, description: 'De dónde se vuelve, si no es del destino.' })),
  destino_regreso: Type.Optional(Type.String({ ...Codigo, description: 'A dónde se vuelve, si no es al origen.' })),
  adultos: Type.Optional(Cuantos),
  menores: Type.Optional(Cuantos),
  infantes: Type.Optional(Cuantos),
  clase: Type.Optional(Type.Enum(['ECONOMICA', 'PREMIUM', 'EJECUTIVA', 'PRIMERA'])),
  orden: Type.Optional(Type.Enum(['mejor', 'barato', 'rapido'])),
  moneda: Type.Optional(Type.Enum(['COP', 'USD'])),
  tamano_pagina: Type.Optional(Type.String({ pattern: '^([1-9][0-9]?|100)$', description: 'De 1 a 100; 20 si falta.' })),
  token_pagina: Type.Optional(Type.String({ maxLength: 200, description: 'El `siguiente` de la página anterior.' })),
})
type Busqueda = Static<typeof BusquedaJson>

const DestacadoJson = Type.Object({
  total: Type.Integer(),
  moneda: Type.Enum(['COP', 'USD']),
  duracion_minutos: Type.Integer(),
})
const DestacadosJson = Type.Object(
  { mejor: DestacadoJson, barato: DestacadoJson, rapido: DestacadoJson },
  { description: 'El primero de cada orden, para compararlos sin pedirlos.' },
)

const buscarItinerarios = {
  tags: ['vuelos'],
  summary: 'Cómo se puede viajar: ofertas que se reservan por su `id_oferta` hasta que vencen',
  querystring: BusquedaJson,
  response: {
    200: Type.Object({
      itinerarios: Type.Array(vuelos.OfertaJson),
      total: Type.Integer(),
      siguiente: Type.Union([Type.String(), Type.Null()]),
      destacados: Type.Union([DestacadosJson, Type.Null()]),
    }),
  },
}

/** La ida y, si se pide, el regreso: con otros extremos es un viaje abierto. Cada tramo recuerda de qué parámetros sale. */
const tramosDe = ({ origen, destino, fecha, regreso, origen_regreso, destino_regreso }: Busqueda) => {
  const ida = { origen, destino, fecha, de: { origen: 'origen', destino: 'destino', fecha: 'fecha' } }
  if (regreso === undefined && origen_regreso === undefined && destino_regreso === undefined) return [ida]
  const de = {
    origen: origen_regreso === undefined ? 'destino' : 'origen_regreso',
    destino: destino_regreso === undefined ? 'origen' : 'destino_regreso',
    fecha: 'regreso',
  }
  return [ida, { origen: origen_regreso ?? destino, destino: destino_regreso ?? origen, fecha: regreso ?? '', de }]
}

const viajerosDe = ({ adultos = '1', menores = '0', infantes = '0' }: Busqueda) => ({
  adultos: Number(adultos),
  menores: Number(menores),
  infantes: Number(infantes),
})

/** La búsqueda de vuelos, bajo `/vuelos`. */
export const rutasItinerarios =
  ({ sistema }: { sistema: Sistema }): FastifyPluginAsyncTypebox =>
  async (api) => {
    api.get('/itinerarios', { schema: buscarItinerarios }, async (peticion) => {
      const { clase = 'ECONOMICA', orden = 'mejor', moneda = 'COP', tamano_pagina, token_pagina } = peticion.query
      const desde = token_pagina === undefined ? 0 : leerTokenDeLugar(token_pagina)
      const tamano = tamano_pagina === undefined ? ITINERARIOS : Number(tamano_pagina)
      const pedido = { tramos: tramosDe(peticion.query), viajeros: viajerosDe(peticion.query), clase, orden, moneda, desde, tamano }
      const { itinerarios, total, destacados, parametros } = await sistema.consultar(vuelos.BuscarItinerarios, pedido, peticion.origen)
      return {
        itinerarios: itinerarios.map((uno) => vuelos.ofertaAJson(uno, parametros, sistema.ventas)),
        total,
        siguiente: desde + tamano < total ? tokenDeLugar(desde + tamano) : null,
        destacados: destacados === undefined ? null : vuelos.destacadosAJson(destacados, moneda),
      }
    })
  }
