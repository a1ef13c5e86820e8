import { setImmediate as turnoSiguiente } from 'node:timers/promises'
import type { Consulta } from 'seedwork/infraestructura/almacen/consultas.ts'
import type { Almacen, Lector, Tx } from 'seedwork/infraestructura/almacen/puerto.ts'

type Ver = <P extends object>(consulta: Consulta<P, unknown>, parametros: P) => void

/** Una tx que no guarda nada: lo que se le escribe pasa por `escribir` y se olvida, y lo que se le lee pasa por `leer` y no existe. */
export const txNula = (escribir: Ver = () => {}, leer: Ver = () => {}): Tx => {
  const tx: Tx = {
    todas: async (consulta, parametros) => {
      leer(consulta, parametros)
      return []
    },
    una: async (consulta, parametros) => {
      leer(consulta, parametros)
      return undefined
    },
    ejecutar: async (consulta, parametros) => {
      escribir(consulta, parametros)
      return 1
    },
    escribir,
    juntar: () => {},
    savepoint: (parte) => parte(tx),
    alConfirmar: () => {},
  }
  return tx
}

/**
 * El almacén que no guarda nada: lo que cuesta lo demás. Contesta en el turno siguiente, a todas las unidades que se juntaron, como el de
 * verdad: de a una, el servidor haría más viajes y el techo quedaría más bajo. `leida` es la única reserva que se puede leer, sin leer nada.
 */
export const almacenNulo = (leida?: object): Almacen => {
  const tx = txNula()
  const lector: Lector = {
    todas: async () => [],
    una: async (consulta) => (leida !== undefined && esReservaPorId(consulta) ? (leida as never) : undefined),
  }
  return {
    unaTrasOtra: true,
    epoca: 'nula',
    lector,
    ejecutar: async (unidad) => {
      await turnoSiguiente()
      return unidad(tx)
    },
    comprobar: async () => {},
    cerrar: async () => {},
  }
}

const esReservaPorId = <P extends object>(consulta: Consulta<P, unknown>): boolean =>
  consulta.sentencia('sqlite').sql.startsWith('select * from "reservas" ')
