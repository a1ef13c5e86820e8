import { type Actor, veTodo } from 'seedwork/aplicacion/actor.ts'
import { query, type Respondedor } from 'seedwork/aplicacion/mensajes.ts'
import type { Lector } from 'seedwork/infraestructura/almacen/puerto.ts'
import type { Reserva } from '../../dominio/entidades.ts'
import type { EstadoReserva } from '../../dominio/objetos_valor.ts'
import { clienteDe } from '../propiedad.ts'

/** Una página: hasta `tamano`, más nuevas primero, las siguientes a `despues_de` (el id de la última de la página anterior). */
export type Pagina = Readonly<{ tamano: number; despues_de: string | null }>

export const TodasReservas = query<Pagina & Readonly<{ estado: EstadoReserva | null }>, readonly Reserva[]>()('TodasReservas')
export const ReservasCanceladas = query<Pagina, readonly Reserva[]>()('ReservasCanceladas')
/** Las que todavía se pueden pagar: pendientes y aprobadas. */
export const ReservasNoPagadas = query<Pagina, readonly Reserva[]>()('ReservasNoPagadas')

/** De quién se listan: de todos, o sólo de un cliente. */
export type Alcance = Readonly<{ clientes: 'todos' } | { clientes: 'uno'; id_cliente: string }>
export type Seleccion = Readonly<{ filtro: 'todas' | 'por_pagar' } | { filtro: 'estado'; estado: EstadoReserva }>

/** Lo que estas queries necesitan de la infraestructura. */
export type BuscarReservas = (
  lector: Lector,
  busqueda: Pagina & Readonly<{ alcance: Alcance; seleccion: Seleccion }>,
) => Promise<readonly Reserva[]>

type Opciones = Readonly<{ buscar: BuscarReservas; listaAbierta: boolean }>

export const todasReservas =
  ({ buscar, listaAbierta }: Opciones): Respondedor<typeof TodasReservas> =>
  ({ lector, origen }, { estado, ...pagina }) =>
    enAlcance(origen.actor, listaAbierta, (alcance) =>
      buscar(lector, { ...pagina, alcance, seleccion: estado === null ? { filtro: 'todas' } : { filtro: 'estado', estado } }),
    )

export const reservasCanceladas =
  (opciones: Opciones): Respondedor<typeof ReservasCanceladas> =>
  (contexto, pagina) =>
    todasReservas(opciones)(contexto, { ...pagina, estado: 'CANCELADA' })

export const reservasNoPagadas =
  ({ buscar, listaAbierta }: Opciones): Respondedor<typeof ReservasNoPagadas> =>
  ({ lector, origen }, pagina) =>
    enAlcance(origen.actor, listaAbierta, (alcance) => buscar(lector, { ...pagina, alcance, seleccion: { filtro: 'por_pagar' } }))

/** Cada quien lista lo suyo; operadores y servicios, todo. Un invitado no tiene nada que listar: lo suyo se pide por su identificador. */
const enAlcance = async (
  actor: Actor,
  listaAbierta: boolean,
  listar: (alcance: Alcance) => Promise<readonly Reserva[]>,
): Promise<readonly Reserva[]> => {
  if (listaAbierta || veTodo(actor)) return listar({ clientes: 'todos' })
  const id_cliente = clienteDe(actor)
  return id_cliente === null ? [] : listar({ clientes: 'uno', id_cliente })
}
