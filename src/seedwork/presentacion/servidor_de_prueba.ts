import type { FastifyInstance } from 'fastify'
import { type Logger, pino } from 'pino'
import { ErrorDominio, noEncontrado } from '../dominio/errores.ts'
import { ReglaRota } from '../dominio/reglas.ts'
import { crearServidor, type DatosDelServidor } from './servidor.ts'

export type Linea = Readonly<Record<string, unknown>>

/** Una bitácora que guarda sus líneas en `lineas`. */
export const bitacoraEnMemoria = (): Readonly<{ bitacora: Logger; lineas: Linea[] }> => {
  const lineas: Linea[] = []
  return { bitacora: pino({ level: 'trace' }, { write: (linea) => lineas.push(JSON.parse(linea)) }), lineas }
}

/** Identificadores que se pueden adivinar: `id-1`, `id-2`… */
export const idsDePrueba = (): (() => string) => {
  let ultimo = 0
  return () => `id-${++ultimo}`
}

const LEG = {
  type: 'object',
  required: ['origen', 'fecha'],
  properties: {
    origen: { type: 'object', required: ['codigo'], properties: { codigo: { type: 'string', minLength: 3, maxLength: 3 } } },
    fecha: { type: 'string', format: 'date-time' },
    clase: { enum: ['economica', 'ejecutiva'] },
  },
}

const rutasDePrueba = (servidor: FastifyInstance): void => {
  servidor.post('/eco', (peticion, respuesta) => respuesta.send({ recibido: peticion.body }))
  servidor.post('/legs', { schema: { body: { type: 'array', items: LEG } } }, (_, respuesta) => respuesta.send({}))
  servidor.get('/quien', ({ actor, correlacion, traceparent }, respuesta) => respuesta.send({ actor, correlacion, traceparent }))
  servidor.get(
    '/cosas/:id',
    { schema: { params: { type: 'object', properties: { id: { type: 'string', pattern: '^[0-9]+$' } } } } },
    () => {
      throw noEncontrado('cosa_desconocida', { es: 'No existe la cosa.', en: 'There is no such thing.' })
    },
  )
  servidor.get(
    '/lista',
    { schema: { querystring: { type: 'object', properties: { n: { type: 'string', pattern: '^[0-9]+$' } } } } },
    (p, r) => r.send(p.query),
  )
  servidor.post('/regla', () => {
    throw new ReglaRota('MinimoUno', { es: 'La lista debe tener al menos un elemento', en: 'The list needs at least one item' })
  })
  servidor.post('/clase', ({ body }) => {
    throw new ErrorDominio({ codigo: 'c', texto: { es: 'Frase.', en: 'Sentence.' }, ...(body as { clase: 'conflicto' }) })
  })
  servidor.get('/roto', () => {
    throw new Error('secreto de la casa')
  })
}

/** Un servidor completo con unas rutas que muestran cada comportamiento, y las líneas que va escribiendo. */
export const servidorDePrueba = (
  datos: Partial<DatosDelServidor> = {},
  masRutas: (servidor: FastifyInstance) => void = () => {},
): Readonly<{ servidor: FastifyInstance; lineas: Linea[] }> => {
  const { bitacora, lineas } = bitacoraEnMemoria()
  const servidor = crearServidor({ bitacora, ids: idsDePrueba(), ...datos })
  rutasDePrueba(servidor)
  masRutas(servidor)
  return { servidor, lineas }
}
