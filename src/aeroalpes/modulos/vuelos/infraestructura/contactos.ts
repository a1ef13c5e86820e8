import { enSqlite, type Sumada } from 'seedwork/infraestructura/almacen/suma.ts'
import type { Contactos } from '../dominio/repositorios.ts'
import { consulta, type FilaContacto, sumaDeContacto } from './tablas.ts'

export const contactos: Contactos = {
  agregar: async (tx, id_reserva, contacto) => {
    const fila = { id_reserva, ...contacto }
    await tx.ejecutar(insertar, { ...fila, suma: sumaDeContacto.de(fila) })
  },
  obtener: async (lector, id_reserva) => {
    const fila = await lector.una(deReserva, { id_reserva })
    if (fila === undefined) return undefined
    const { nombre, correo, idioma } = sumaDeContacto.exigir(fila)
    return { nombre, correo, idioma }
  },
}

const deReserva = consulta((db, p: { id_reserva: string }) => db.selectFrom('contactos').selectAll().where('id_reserva', '=', p.id_reserva))

const insertar = consulta((db, p: FilaContacto & Sumada, dialecto) =>
  db
    .insertInto('contactos')
    .values({ id_reserva: p.id_reserva, nombre: p.nombre, correo: p.correo, idioma: p.idioma, suma: enSqlite(dialecto, p.suma) }),
)
