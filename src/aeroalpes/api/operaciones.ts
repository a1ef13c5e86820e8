import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Actor, ANONIMO, actorATexto, veTodo } from 'seedwork/aplicacion/actor.ts'
import { aTexto } from 'seedwork/dominio/instante.ts'
import { type Operacion, obtenerOperacion, operacionNoEncontrada } from 'seedwork/infraestructura/operaciones.ts'
import { type Idioma, idiomaDe } from 'seedwork/presentacion/idioma.ts'
import Type, { type Static } from 'typebox'
import type { Sistema } from '../sistema.ts'

const OperacionJson = Type.Object({
  id: Type.String(),
  comando: Type.String(),
  estado: Type.Enum(['aceptada', 'en_proceso', 'completada', 'fallida']),
  id_reserva: Type.String(),
  eventos: Type.Array(Type.String()),
  error: Type.Union([Type.Object({ codigo: Type.String(), error: Type.String(), detail: Type.String() }), Type.Null()]),
  fecha_creacion: Type.String(),
  fecha_actualizacion: Type.String(),
})

const obtener = {
  tags: ['operaciones'],
  summary: 'Qué fue de un comando aceptado; con `Prefer: wait=N` espera hasta N segundos a que termine',
  params: Type.Object({ id: Type.String() }),
  response: { 200: OperacionJson },
}

const ESPERA_MAXIMA_S = 30
/** Por si otro proceso terminó la operación: un aviso de éste no llegaría. */
const RELEER_CADA_MS = 500

export const rutasOperaciones =
  ({ sistema }: { sistema: Sistema }): FastifyPluginAsyncTypebox =>
  async (api) => {
    api.get('/operaciones/:id', { schema: obtener }, async (peticion, respuesta) => {
      const segundos = esperaPedida(peticion.headers.prefer)
      if (segundos > 0) respuesta.header('preference-applied', `wait=${segundos}`)
      const operacion = await esperarOperacion(sistema, peticion.params.id, { actor: peticion.actor, ms: segundos * 1_000 })
      if (operacion.estado === 'aceptada' || operacion.estado === 'en_proceso') respuesta.header('retry-after', '1')
      return aJson(operacion, idiomaDe(peticion.headers['accept-language']))
    })
  }

/** La operación, en cuanto termine o pasado `ms`, como esté. Lanza `operacion_no_encontrada` también si es de otro. */
const esperarOperacion = async (sistema: Sistema, id: string, { actor, ms }: { actor: Actor; ms: number }): Promise<Operacion> => {
  const { reloj, planificador } = sistema.entorno
  const limite = reloj.monotono() + ms
  for (;;) {
    const { aviso, soltar } = sistema.finales.esperar(id)
    const { promise: alarma, resolve } = Promise.withResolvers<void>()
    const falta = limite - reloj.monotono()
    const cancelable = planificador.tras(Math.max(0, Math.min(falta, RELEER_CADA_MS)), resolve)
    try {
      const operacion = await obtenerOperacion(sistema.almacen.lector, id)
      exigirVisible(operacion, actor)
      const terminada = operacion.estado === 'completada' || operacion.estado === 'fallida'
      if (terminada || falta <= 0 || sistema.finales.cerrado()) return operacion
      await Promise.race([aviso, alarma])
    } finally {
      cancelable.cancelar()
      soltar()
    }
  }
}

/** La de un invitado es de quien conozca su id; las demás, de quien las pidió. */
const exigirVisible = (operacion: Operacion, actor: Actor): void => {
  if (operacion.actor !== actorATexto(ANONIMO) && operacion.actor !== actorATexto(actor) && !veTodo(actor))
    throw operacionNoEncontrada(operacion.id)
}

/** `Prefer: wait=N` (RFC 7240), hasta el máximo; lo que no se entiende se ignora, como manda la norma. */
const esperaPedida = (prefer: string | string[] | undefined): number => {
  const segundos = /(?:^|,)\s*wait\s*=\s*"?([0-9]{1,4})"?\s*(?:,|;|$)/i.exec(String(prefer ?? ''))?.[1]
  return Math.min(Number(segundos ?? 0), ESPERA_MAXIMA_S)
}

/** `error.error` es la frase como la leen los clientes del tutorial; `detail`, la misma en el idioma de quien pregunta. */
const aJson = (operacion: Operacion, idioma: Idioma): Static<typeof OperacionJson> => {
  const { id, comando, sujeto, estado, eventos, error, fecha_creacion, fecha_actualizacion } = operacion
  return {
    id,
    comando,
    estado,
    id_reserva: sujeto,
    eventos: [...eventos],
    error: error && {
      codigo: error.codigo,
      error: error.clase === 'regla' ? `${error.codigo} - ${error.es}` : error.es,
      detail: error[idioma],
    },
    fecha_creacion: aTexto(fecha_creacion),
    fecha_actualizacion: aTexto(fecha_actualizacion),
  }
}
