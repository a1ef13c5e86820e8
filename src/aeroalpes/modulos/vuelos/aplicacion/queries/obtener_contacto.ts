import { veTodo } from 'seedwork/aplicacion/actor.ts'
import { query, type Respondedor } from 'seedwork/aplicacion/mensajes.ts'
import Type from 'typebox'
import { reservaNoEncontrada } from '../../dominio/excepciones.ts'
import type { Contacto } from '../../dominio/oferta.ts'
import type { Contactos } from '../../dominio/repositorios.ts'

export const ContactoSalidaJson = Type.Object({ nombre: Type.String(), correo: Type.String(), idioma: Type.Enum(['es', 'en']) })

/** A quién se le escribe de una reserva: sólo para servicios y operadores. Para los demás, o sin contacto, `reserva_no_encontrada`. */
export const ObtenerContacto = query<Readonly<{ id: string }>, Contacto>()('ObtenerContacto')

export const obtenerContacto =
  (contactos: Pick<Contactos, 'obtener'>): Respondedor<typeof ObtenerContacto> =>
  async ({ lector, origen }, { id }) => {
    const contacto = await contactos.obtener(lector, id)
    if (contacto === undefined || !veTodo(origen.actor)) throw reservaNoEncontrada(id)
    return contacto
  }
