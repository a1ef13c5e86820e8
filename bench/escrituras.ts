import { CrearReserva, leerPedido, sumasVuelos } from 'aeroalpes-api/modulos/vuelos/index.ts'
import type { Sistema } from 'aeroalpes-api/sistema.ts'
import { Calculado, type Consulta, type Hueco, Parametro, type Valor } from 'seedwork/infraestructura/almacen/consultas.ts'
import { txNula } from './almacen_nulo.ts'
import { PEDIDO, VIAJEROS } from './peticiones.ts'

/** Una fila que el sistema escribe: la sentencia con que lo hace y sus valores, en orden. */
export type Escritura = Readonly<{ sql: string; valores: readonly Valor[]; parametros: object }>

const llenarCon =
  (parametros: Readonly<Record<string, Valor>>) =>
  (hueco: Hueco): Valor => {
    if (hueco instanceof Parametro) return parametros[hueco.nombre] ?? null
    return hueco instanceof Calculado ? hueco.de(parametros) : hueco
  }

const escrituraDe = (consulta: Consulta<never, unknown>, parametros: object): Escritura => {
  const { sql, valores } = consulta.sentencia('sqlite')
  return { sql, valores: valores.map(llenarCon(parametros as Readonly<Record<string, Valor>>)), parametros }
}

/**
 * Lo que una reserva del viajero `i` escribe, sin escribirlo: el caso de uso de verdad (reserva, resumen, historial y outbox) sobre una
 * tx que sólo toma nota. Así el techo guarda siempre las mismas filas que el sistema, también cuando cambien.
 */
export const escriturasDeUnaReserva = async (sistema: Sistema, i: number): Promise<readonly Escritura[]> => {
  const escrituras: Escritura[] = []
  const tx = txNula((consulta, parametros) => escrituras.push(escrituraDe(consulta as Consulta<never, unknown>, parametros)))
  const id = VIAJEROS[i % VIAJEROS.length] as string
  const origen = { actor: { id, rol: 'viajero' }, correlacion: sistema.entorno.ids(), causa: 'banco' } as const
  await sistema.ejecutar(tx, CrearReserva, { id_reserva: sistema.entorno.ids(), ...leerPedido(PEDIDO) }, origen)
  return escrituras
}

const [sumaDeReserva] = sumasVuelos

/** La fila de `reservas` que se leería, con su suma. */
export const unaFilaDeReserva = async (sistema: Sistema): Promise<object> => {
  const escrituras = await escriturasDeUnaReserva(sistema, 0)
  const fila = escrituras.find(({ sql }) => sql.startsWith('insert into "reservas" '))
  if (fila === undefined) throw new Error('Crear una reserva ya no escribe en «reservas».')
  return { ...fila.parametros, suma: sumaDeReserva.de(fila.parametros as Parameters<typeof sumaDeReserva.de>[0]) }
}
