import { setImmediate as otraVuelta } from 'node:timers/promises'
import { type ErrorDominio, noDisponible } from '../../../dominio/errores.ts'
import type { Almacen, Lector, Tx } from '../../almacen/puerto.ts'

/** Un almacén al que una prueba le hace fallar las unidades o las lecturas de quien lo usa. */
export type Averias = {
  /** Las unidades que siguen fallan sin escribir nada. */
  escritura: boolean
  /** Las que siguen quedan escritas, y aun así su COMMIT falla: nadie se entera de lo que pidió al confirmar. */
  dudosa: boolean
  /** Las lecturas que siguen fallan. */
  lectura: boolean
  /** Las que siguen leen ya, y responden en otra vuelta. */
  lenta: boolean
}

export const sinAverias = (): Averias => ({ escritura: false, dudosa: false, lectura: false, lenta: false })

export const conAverias =
  (averias: Averias) =>
  (almacen: Almacen): Almacen => ({
    ...almacen,
    lector: lectorConAverias(almacen.lector, averias),
    ejecutar: async (unidad, prioridad) => {
      if (averias.escritura) throw fallo('disco_lleno')
      if (!averias.dudosa) return almacen.ejecutar(unidad, prioridad)
      await almacen.ejecutar((tx) => unidad(sinAvisos(tx)), prioridad)
      throw fallo('resultado_desconocido')
    },
  })

const lectorConAverias = (lector: Lector, averias: Averias): Lector => {
  const leer = async <T>(lectura: () => Promise<T>): Promise<T> => {
    if (averias.lectura) throw fallo('lectura_fallida')
    const leido = await lectura()
    for (let i = 0; averias.lenta && i < 10; i++) await otraVuelta()
    return leido
  }
  return {
    todas: (consulta, parametros) => leer(() => lector.todas(consulta, parametros)),
    una: (consulta, parametros) => leer(() => lector.una(consulta, parametros)),
  }
}

const sinAvisos = (tx: Tx): Tx => ({
  todas: (consulta, parametros) => tx.todas(consulta, parametros),
  una: (consulta, parametros) => tx.una(consulta, parametros),
  ejecutar: (consulta, parametros) => tx.ejecutar(consulta, parametros),
  escribir: (consulta, parametros) => tx.escribir(consulta, parametros),
  juntar: (junta, valor) => tx.juntar(junta, valor),
  savepoint: (parte) => tx.savepoint((interior) => parte(sinAvisos(interior))),
  alConfirmar: () => {},
})

const fallo = (codigo: string): ErrorDominio => noDisponible(codigo, { es: 'Falla a propósito.', en: 'Fails on purpose.' })
