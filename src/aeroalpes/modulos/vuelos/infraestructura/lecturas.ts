import type { BuscarReservas, Seleccion } from '../aplicacion/queries/listar_reservas.ts'
import type { BuscarReserva } from '../aplicacion/queries/obtener_reserva.ts'
import { aReserva, porId } from './repositorios.ts'
import { consulta } from './tablas.ts'

export const buscarReserva: BuscarReserva = async (lector, id) => {
  const fila = await lector.una(porId, { id })
  return fila && aReserva(fila)
}

/** Pagina por llave sobre el resumen y trae las reservas enteras sólo de la página. El id crece con el tiempo: más nuevas primero. */
export const buscarReservas: BuscarReservas = async (lector, { alcance, seleccion, tamano, despues_de }) => {
  const lista = LISTAS[alcance.clientes][seleccion.filtro]
  const filas = await lector.todas(lista, {
    id_cliente: alcance.clientes === 'uno' ? alcance.id_cliente : null,
    estado: seleccion.filtro === 'estado' ? seleccion.estado : null,
    despues_de: despues_de ?? ULTIMO_ID,
    tamano,
  })
  return filas.map(aReserva)
}

/** Mayor que cualquier UUID. */
const ULTIMO_ID = 'g'

type Parametros = { id_cliente: string | null; estado: string | null; despues_de: string; tamano: number }

const lista = (clientes: 'todos' | 'uno', filtro: Seleccion['filtro']) =>
  consulta((db, p: Parametros) => {
    let resumen = db.selectFrom('resumen_reservas as s').innerJoin('reservas as r', 'r.id', 's.id').where('s.id', '<', p.despues_de)
    if (clientes === 'uno') resumen = resumen.where('s.id_cliente', '=', p.id_cliente)
    if (filtro === 'estado') resumen = resumen.where('s.estado', '=', p.estado as never)
    if (filtro === 'por_pagar') resumen = resumen.where((e) => e('s.por_pagar', '=', e.lit(1)))
    return resumen.selectAll('r').orderBy('s.id', 'desc').limit(p.tamano)
  })

const listasDe = (clientes: 'todos' | 'uno') => ({
  todas: lista(clientes, 'todas'),
  estado: lista(clientes, 'estado'),
  por_pagar: lista(clientes, 'por_pagar'),
})

const LISTAS = { todos: listasDe('todos'), uno: listasDe('uno') }
