import type { Clase } from '../objetos_valor.ts'
import { precio_de } from '../precio.ts'
import type { Proveedor } from '../proveedor.ts'
import { AEROLINEAS, type Aerolinea } from './aerolineas.ts'
import { cupo_de, llave_de_cabina } from './cabinas.ts'
import { opciones_de } from './conexiones.ts'
import { salidas_de, type VueloProgramado } from './horarios.ts'
import type { Red } from './rutas.ts'

const proveedor_simulado = (red: Red, aerolinea: Aerolinea): Proveedor => {
  const cupo = (vuelo: VueloProgramado, clase: Clase): number => cupo_de(red.semilla, vuelo, clase)
  return {
    codigo: aerolinea.codigo,
    nombre: aerolinea.nombre,
    llaves: (opcion, clase) => opcion.map((vuelo) => llave_de_cabina(vuelo, clase)),
    cotizar: (opcion, { vendidos, clase, ...cotizacion }) => {
      const cabinas = opcion.map((vuelo) => {
        const llave = llave_de_cabina(vuelo, clase)
        return { vuelo, clase, llave, cupo: cupo(vuelo, clase), vendidos: vendidos.get(llave) ?? 0 }
      })
      return {
        precio: precio_de(cabinas, { ...cotizacion, semilla: red.semilla }),
        asientos: Math.max(0, Math.min(...cabinas.map((cabina) => cabina.cupo - cabina.vendidos))),
        cabinas: cabinas.map(({ llave, cupo: cabe }) => ({ llave, cupo: cabe })),
      }
    },
    obtener_itinerarios: (odos, { clase }) =>
      odos.map((odo) => opciones_de(red, { aerolinea, ...odo }).filter((opcion) => opcion.every((vuelo) => cupo(vuelo, clase) > 0))),
    obtener_vuelo: ({ origen, destino, turno, dia }) => {
      const [desde, hasta] = [red.aeropuertos.porCodigo(origen), red.aeropuertos.porCodigo(destino)]
      if (desde === undefined || hasta === undefined) return undefined
      return salidas_de(red, { aerolinea, origen: desde, destino: hasta }, dia).find((vuelo) => vuelo.turno === turno)
    },
  }
}

/** Un proveedor por cada aerolínea de la red. */
export const proveedores_simulados = (red: Red): readonly Proveedor[] => AEROLINEAS.map((aerolinea) => proveedor_simulado(red, aerolinea))
