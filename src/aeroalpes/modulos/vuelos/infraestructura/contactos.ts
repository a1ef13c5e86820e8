import type { Contactos } from '../dominio/repositorios.ts'
import { consulta, type FilaContacto, sumaDeContacto } from './tablas.ts'

export const contactos: Contactos = {
  agregar: async (tx, id_reserva, contacto) => void (await tx.ejecutar(insertar, { id_reserva, ...contacto })),
  obtener: async (lector, id_reserva) => {
    const fila = await lector.una(deReserva, { id_reserva })
    if (fila === undefined) return undefined
    const { nombre, correo, idioma } = sumaDeContacto.exigir(fila)
    return { nombre, correo, idioma }
  },
}

const deReserva = consulta((db, p: { id_reserva: string }) => db.selectFrom('contactos').selectAll().where('id_reserva', '=', p.id_reserva))

const insertar = consulta((db, p: FilaContacto, dialecto) =>
  db
    .insertInto('contactos')
    .values({ id_reserva: p.id_reserva, nombre: p.nombre, correo: p.correo, idioma: p.idioma, suma: sumaDeContacto.columna(dialecto) }),
)
